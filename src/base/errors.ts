import { type Language, language } from './locale.ts';
import { type ErrorCode, type ErrorValue, MESSAGES, type Text } from './messages/index.ts';

/**
 * The one error this library throws. Data first: `code` is stable and safe to branch on, `value` holds what was
 * wrong, `remedy` what to do next, `cause` the original error. `message` is in the process's language;
 * `text('zh' | 'en')` gives either.
 */
export class TuwenError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TuwenError';
  readonly code: C;
  readonly value: ErrorValue<C>;
  readonly remedy: string;

  constructor(code: C, value: ErrorValue<C>, options?: { cause?: unknown }) {
    const { message, remedy } = textOf(code, value, language());
    super(message, options);
    this.code = code;
    this.value = value;
    this.remedy = remedy;
  }

  /** Message and remedy in the language asked for. */
  text(inLanguage: Language): { message: string; remedy: string } {
    return textOf(this.code, this.value, inLanguage);
  }
}

/** Whether `error` is a TuwenError, of the given code if one is named. */
export function isTuwenError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  code?: C,
): error is TuwenError<C> {
  return error instanceof TuwenError && (code === undefined || error.code === code);
}

function textOf<C extends ErrorCode>(code: C, value: ErrorValue<C>, inLanguage: Language) {
  const text = MESSAGES[code][inLanguage] as Text<ErrorValue<C>>;
  return { message: text.message(value), remedy: text.remedy(value) };
}

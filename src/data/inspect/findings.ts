import type { ErrorCode, TuwenError } from '../../base/index.ts';

/** Something that is wrong, and where. */
export interface Finding {
  readonly code: ErrorCode;
  readonly message: string;
  /** What was wrong: path, line and the like. */
  readonly value: unknown;
}

/** Findings of one kind. */
export interface FindingKind {
  /** The fault of a file, or the code of the error. */
  readonly kind: string;
  /** Whether official scripts stumble over it; others are worth knowing. */
  readonly serious: boolean;
  readonly count: number;
  /** The first of them. */
  readonly examples: readonly Finding[];
}

/** Lines that end with CR LF are read alike by all. */
const HARMLESS = new Set(['carriage-return']);

/** Collects what is wrong: all counted, the first `shown` of each kind kept. */
export class Findings {
  private readonly kinds = new Map<string, { count: number; examples: Finding[] }>();
  private readonly shown: number;

  constructor(shown: number) {
    this.shown = shown;
  }

  add({ code, message, value }: TuwenError): void {
    const kind = (value as { fault?: string }).fault ?? code;
    const known = this.kinds.get(kind) ?? { count: 0, examples: [] };
    this.kinds.set(kind, known);
    known.count += 1;
    if (known.examples.length < this.shown) known.examples.push({ code, message, value });
  }

  list(): FindingKind[] {
    return [...this.kinds].map(([kind, { count, examples }]) => ({
      ...{ kind, serious: !HARMLESS.has(kind), count, examples },
    }));
  }
}

/** The texts of a file. */
import { z } from 'zod';
import { cleanCaption } from '../data/index.ts';
import { badLine, lines } from './lines.ts';

export interface TextInput {
  /** What the model reads. */
  readonly input: string;
  /** The text itself, or its id in an official data set. */
  readonly name: string | number;
  readonly official: boolean;
}

const Annotation = z.object({
  text_id: z.union([z.int(), z.string()]),
  text: z.union([z.string(), z.number().transform(String)]),
});

/** One text a line; from a `.jsonl` the texts of annotations, read as the official evaluation reads them. */
export async function* findTexts(path: string): AsyncGenerator<TextInput> {
  const annotations = /\.jsonl$/i.test(path);
  for await (const { text, number } of lines(path)) {
    if (!annotations) yield { input: text, name: text, official: false };
    else {
      const annotation = Annotation.safeParse(parsed(text)).data;
      if (annotation === undefined) throw badLine(path, number, '{"text_id": …, "text": "…"}');
      yield { input: cleanCaption(annotation.text), name: annotation.text_id, official: true };
    }
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Markdown pages as the tests read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './package.ts';

/** A fenced block of code. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Where the code begins, from 1. */
  readonly line: number;
  /** Why it is not run: the text of an HTML comment `<!-- not run: … -->` before it. */
  readonly notRun?: string;
  /** Whether it is left running for the blocks after it: a comment `<!-- keeps running: … -->` before it. */
  readonly keepsRunning?: boolean;
}

/** The pages of the documentation, by their path from the repository's root. */
export function pages(): string[] {
  const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', 'README.zh-CN.md', ...docs.map((name) => `docs/${name}`)];
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const fence =
    /^(?:<!-- (?:not run: (?<notRun>.+?)|(?<keeps>keeps running): .+?) -->\n+)?```(?<language>\S*)\n(?<code>.*?)^```$/gms;
  for (const match of markdown.matchAll(fence)) {
    const { notRun, keeps, language, code } = match.groups as Record<'language' | 'code', string> &
      Partial<Record<'notRun' | 'keeps', string>>;
    const line = markdown.slice(0, match.index + match[0].lastIndexOf(code)).split('\n').length;
    blocks.push({ language, code, line, ...(notRun && { notRun }), ...(keeps && { keepsRunning: true }) });
  }
  return blocks;
}

/** The page without its code. */
export function prose(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, '');
}

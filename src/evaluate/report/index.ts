/** Reports for programs and for people. */
export { reportJson } from './json.ts';
export { retrievalHtml } from './retrieval-html.ts';
export { retrievalMarkdown } from './retrieval-markdown.ts';
export { zeroShotHtml, zeroShotMarkdown } from './zero-shot.ts';

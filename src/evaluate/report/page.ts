import { language } from '../../base/index.ts';
import { html } from './table.ts';

/** A page in one file: no script, nothing fetched, light or dark as the reader's system is. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="${language() === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${html(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --soft: #8882; --right: #1a7f37; --wrong: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --right: #4ac26b; --wrong: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); } h3 { margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left; overflow-wrap: anywhere; }
.number { text-align: right; white-space: nowrap; }
.examples { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(34rem, 100%), 1fr)); padding: 0; }
.examples > li { list-style: none; padding: .8rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--soft); }
.query { font-weight: 600; overflow-wrap: anywhere; } .query img { max-height: 9rem; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .4rem; }
.label { width: 100%; font-size: .8rem; opacity: .75; }
figure { margin: 0; width: 6.2rem; font-size: .8rem; }
figure img { display: block; width: 100%; height: 6.2rem; object-fit: contain; border-radius: .3rem; background: #fff; }
figure.text { width: 100%; display: flex; gap: .6rem; }
.hit { outline: 3px solid var(--right); outline-offset: 1px; }
figcaption.hit, .text .hit { outline: 0; color: var(--right); font-weight: 600; }
img.matrix { max-width: 100%; background: #fff; }
`;

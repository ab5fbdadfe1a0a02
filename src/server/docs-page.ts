/** `/docs`: the API for people, drawn by the browser from `/openapi.json`. */
import type { Page } from './pages.ts';

const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tuwen API</title>
<link rel="stylesheet" href="/docs.css">
<main id="routes"><h1>Tuwen API</h1><p id="about"></p><p><a href="/openapi.json">openapi.json</a></p></main>
<script src="/docs.js" type="module"></script>
</html>
`;

const CSS = `:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; margin: 0; }
main { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-family: ui-monospace, monospace; font-size: 1.1rem; margin-top: 2.5rem; }
pre { overflow: auto; padding: 0.8rem; border: 1px solid #8884; border-radius: 6px; font-size: 0.85rem; }
summary { cursor: pointer; }
`;

const SCRIPT = `const main = document.querySelector('#routes');
const add = (parent, name, text) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
};
const quoted = (value) => "'" + JSON.stringify(value).replaceAll("'", "'\\\\''") + "'";
const schemaOf = (content) => Object.values(content ?? {})[0]?.schema;
const api = await (await fetch('/openapi.json')).json();
document.querySelector('#about').textContent = api.info.description;
for (const [path, operations] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    const section = add(main, 'section');
    add(section, 'h2', method.toUpperCase() + ' ' + path);
    add(section, 'p', operation.summary);
    const body = operation.requestBody?.content['application/json'];
    const curl = ['curl ' + location.origin + path];
    if (body) curl.push("-H 'content-type: application/json'", '-d ' + quoted(body.example));
    add(section, 'pre', curl.join(' \\\\\\n  '));
    const schemas = { Request: body?.schema, Answer: schemaOf(operation.responses[200]?.content) };
    for (const [title, schema] of Object.entries(schemas)) {
      if (!schema) continue;
      const details = add(section, 'details');
      add(details, 'summary', title);
      add(details, 'pre', JSON.stringify(schema, null, 2));
    }
  }
}
`;

/** The files of `/docs` by their paths. */
export const DOCS: readonly (readonly [string, Page])[] = [
  ['/docs', { body: HTML, type: 'text/html; charset=utf-8', isImmutable: false }],
  ['/docs.css', { body: CSS, type: 'text/css; charset=utf-8', isImmutable: false }],
  ['/docs.js', { body: SCRIPT, type: 'text/javascript; charset=utf-8', isImmutable: false }],
];

/** What stands at `/` where the page was not built. */
export const NO_PAGE: Page = {
  body: 'Tuwen 图文\n\nAPI: /docs\n',
  type: 'text/plain; charset=utf-8',
  isImmutable: false,
};

// Lets Node load TypeScript sources, on every thread: `node --import ./test/support/typescript.mjs file.ts`.
import { register } from 'tsx/esm/api';

register();

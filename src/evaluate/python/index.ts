/** JSON and text by Python's rules, on which the official scripts and their messages rest. */
export { parsePython } from './parse.ts';
export { dumps, repr, str, strip } from './print.ts';
export { type PythonValue, typeName } from './values.ts';

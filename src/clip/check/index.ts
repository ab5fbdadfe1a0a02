/** `checkModel`: is this model what it should be? */
export { checkModel } from './check.ts';
export type { CheckName, CheckOptions, CheckReport, CheckResult, Deviation, SkipReason } from './types.ts';

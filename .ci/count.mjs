// Prints `N passed, N failed` from vitest's JSON reports, all of them together; exits 1 unless tests ran and all of them passed.
import { readFileSync } from 'node:fs';

function counts(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  // A file that could not be loaded has no tests.
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  );
  for (const { status, fullName } of tests) if (status !== 'passed') console.log(`${status}: ${fullName}`);
  return { passed, failed: tests.length - passed + unloaded.length };
}

const each = process.argv.slice(2).map(counts);
const passed = each.reduce((sum, report) => sum + report.passed, 0);
const failed = each.reduce((sum, report) => sum + report.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

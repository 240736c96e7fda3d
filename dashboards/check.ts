/** Checks the committed dashboards, or those of a folder: `npm run dashboards:check [-- FOLDER]`. */
import { findingsIn, lineOf } from './check/findings.ts';
import { RULES } from './check/rules/index.ts';
import { committed } from './check/subject.ts';

const subject = committed(process.argv[2]);
const findings = findingsIn(subject);
for (const finding of findings) console.error(lineOf(finding));
if (subject.judge === undefined) {
  console.error('promtool is not installed, so expressions were only parsed: apt-get install prometheus');
}
const errors = findings.filter(({ rule }) => rule.severity === 'error').length;
console.log(
  `${subject.dashboards.length} dashboards, ${RULES.length} rules: ${errors} errors, ${findings.length - errors} warnings`,
);
if (errors > 0) process.exitCode = 1;

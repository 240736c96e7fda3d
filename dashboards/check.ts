/** Checks the committed dashboards, rules and runbooks, or those of a folder: `npm run dashboards:check [-- FOLDER]`. */
import { findingsIn, lineOf } from './check/findings.ts';
import { RULES } from './check/rules/index.ts';
import { committed } from './check/subject.ts';

const subject = committed(process.argv[2]);
const findings = findingsIn(subject);
for (const finding of findings) console.error(lineOf(finding));
if (subject.promtool === undefined) {
  console.error(
    'promtool is not installed, so expressions were only parsed, and rules not linted (R01): apt-get install prometheus',
  );
}
const errors = findings.filter(({ rule }) => rule.severity === 'error').length;
const rules = subject.alerting.groups.flatMap((group) => group.rules).length;
console.log(
  `${subject.dashboards.length} dashboards, ${rules} rules of Prometheus, ${RULES.length} checks: ${errors} errors, ${findings.length - errors} warnings`,
);
if (errors > 0) process.exitCode = 1;

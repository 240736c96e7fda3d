/** Rules about the file of rules as a whole. */
import type { Fault, Rule } from '../rule.ts';
import { ruleExpression } from './groups.ts';

const OFTEN_ENOUGH = /^(?:[1-5]m|\d{1,2}s|[12]\d\ds|300s)$/;

export const FILE_RULES: readonly Rule[] = [
  {
    id: 'R01',
    severity: 'error',
    what: 'promtool has nothing to say against the rules, not even as lint.',
    check: ({ alerting: { file, text }, promtool }) => {
      const message = promtool?.lint(text);
      return message === undefined ? [] : [{ file, message }];
    },
  },
  {
    id: 'R03',
    severity: 'error',
    what: 'Groups are evaluated every 5 minutes at least, and a record reads what was recorded above it in its own group.',
    check: ({ alerting: { file, groups } }) =>
      groups.flatMap(({ name, interval, rules }): Fault[] => {
        const above = new Set<string>();
        const late = interval !== undefined && !OFTEN_ENOUGH.test(interval);
        return [
          ...(late ? [{ file, panel: name, message: `is evaluated every ${interval}` }] : []),
          ...rules.flatMap((rule) => {
            if (!('record' in rule)) return [];
            const read = ruleExpression(rule.expr).selectors.map(({ metric }) => metric);
            const early = read.filter((metric) => metric.includes(':') && !above.has(metric));
            above.add(rule.record);
            return early.map((metric) => ({
              file,
              panel: rule.record,
              message: `reads ${metric}, which is of another group, or recorded later`,
            }));
          }),
        ];
      }),
  },
];

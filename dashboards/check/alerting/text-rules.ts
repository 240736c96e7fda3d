/** Rules about what somebody who is woken up reads. */
import type { Rule } from '../rule.ts';
import { eachAlert } from './each-rule.ts';

const RUNBOOKS = 'dashboards/runbooks/';

export const TEXT_RULES: readonly Rule[] = [
  {
    id: 'R07',
    severity: 'error',
    what: 'An alert says what is wrong, which one it is, and where to read on: a runbook and a dashboard there are.',
    check: (subject) => {
      const uids = new Set(subject.dashboards.map(({ json }) => json.uid));
      return eachAlert(function* ({ annotations }, _, { runbooks }) {
        const {
          summary = '',
          description = '',
          runbook_url: runbook = '',
          dashboard_url: dashboard = '',
        } = annotations;
        if (!/^[A-Z][^{]*\.$/.test(summary)) yield `has the summary "${summary}"`;
        if (!/\{\{.*\.$/.test(description)) yield `has the description "${description}"`;
        if (!runbook.startsWith(RUNBOOKS) || !runbooks.has(runbook.slice(RUNBOOKS.length)))
          yield `leads to ${runbook || 'no runbook'}, which is none here`;
        const [, uid = ''] = /\/d\/([\w-]+)/.exec(dashboard) ?? [];
        if (!uids.has(uid)) yield `leads to ${dashboard || 'no dashboard'}, which is none here`;
      })(subject);
    },
  },
  {
    id: 'R08',
    severity: 'error',
    what: 'Templates name labels the expression has, and print numbers for people.',
    check: eachAlert(function* ({ expr, annotations }, { yields }) {
      const unit = /ratio/.test(expr) ? 'humanizePercentage' : /seconds/.test(expr) ? 'humanizeDuration' : 'humanize';
      for (const text of Object.values(annotations)) {
        for (const [, label = ''] of text.matchAll(/\$labels\.(\w+)/g)) {
          if (yields?.includes(label) !== true) yield `has no label ${label}`;
        }
        for (const [, filter = ''] of text.matchAll(/\{\{[^}]*\$value([^}]*)\}\}/g)) {
          if (filter.trim() !== `| ${unit}`) yield `prints $value ${filter.trim() || 'plain'}, not by ${unit}`;
        }
      }
    }),
  },
];

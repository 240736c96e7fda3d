/** The objective: how many cancels may be slow, how many are, and how fast that uses the budget up. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { UIDS } from './links.ts';
import { budget } from './sections/slo/budget.ts';
import { spenders } from './sections/slo/spenders.ts';
import { where } from './sections/slo/where.ts';
import { dashboardOf } from './shell.ts';
import { OBJECTIVE_CHOICES, SLOW_CHOICES } from './slow-budget.ts';
import { oneOf, variables } from './variables.ts';

/** The dashboard, ready to be written as JSON. */
export function slo(): Dashboard {
  return dashboardOf({
    uid: UIDS.slo,
    title: 'Cancellation SLO',
    description:
      'How many cancels are slow, how many the objective allows, and how fast that budget is used. Works from raw metrics: no recording rule is needed. Choose the threshold and objective your rules were made with.',
    from: 'now-6h',
    refresh: '1m',
    variables: [
      ...variables(),
      oneOf(
        'slow',
        'Slow over (s)',
        'From how long on a cancel is slow: a bucket of the latency metric.',
        SLOW_CHOICES,
      ),
      oneOf('objective', 'Objective', 'Share of cancels that must not be slow.', OBJECTIVE_CHOICES),
    ],
    sections: [budget(), spenders(), where()],
  });
}

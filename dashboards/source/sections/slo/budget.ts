/** How much of the budget is left, and how fast it is used. */
import { PercentUnit, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../../layout.ts';
import { lines, stat } from '../../panels.ts';
import { total, WHOLE_RANGE } from '../../query.ts';
import { budgetLeft, burnRate, cancelsCounted, slowShare } from '../../slow-budget.ts';
import { BUDGET_LEFT, BURN_RATES, type BurnRate } from '../../thresholds.ts';

export function budget(): Section {
  return {
    title: 'Budget',
    bands: [
      {
        height: 4,
        panels: [
          stat({
            title: 'Budget left',
            description:
              'Of the slow cancels the objective allows over the time shown. Below 0 more were slow than it allows. Cancels of shutdowns and signals do not count.',
            unit: PercentUnit,
            limits: BUDGET_LEFT,
            query: budgetLeft(WHOLE_RANGE),
            noValue: 'no cancels',
            ofWholeRange: true,
          }),
          stat({
            title: 'Slow share',
            description: 'Share of cancels that took longer than the threshold, over the time shown.',
            unit: PercentUnit,
            query: { ...slowShare(WHOLE_RANGE), legend: 'slow' },
            noValue: 'no cancels',
            ofWholeRange: true,
          }),
          stat({
            title: 'Cancels counted',
            description: 'Cancelled scopes that ended in the time shown. With few, one slow cancel is a large share.',
            unit: Short,
            query: { ...cancelsCounted(WHOLE_RANGE), legend: 'cancels' },
            ofWholeRange: true,
          }),
          stat({
            title: 'Not counted yet',
            description:
              'Cancelled scopes that have not ended. They use up budget only when they end: watch this beside it.',
            unit: Short,
            query: { ...total('pending'), legend: 'pending' },
          }),
        ],
      },
      { height: 8, panels: BURN_RATES.map(burn) },
    ],
  };
}

function burn({ long, short, factor }: BurnRate): ReturnType<typeof lines> {
  return lines({
    title: `Burn rate, ${long} and ${short}`,
    description: `How many times too fast the budget is used. CancelSlowBudgetBurn fires while both lines are above ${factor}: the long one says that it matters, the short one that it goes on.`,
    unit: Short,
    limits: { warn: factor, bad: factor },
    upToLimit: true,
    queries: [burnRate(long), burnRate(short)],
  });
}

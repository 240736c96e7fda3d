/** Who cancels, and what becomes of the scopes. */
import { OpsPerSecond } from '@grafana/grafana-foundation-sdk/units';
import type { Section } from '../layout.ts';
import { stack } from '../panels.ts';
import { perSecond } from '../query.ts';

export function cancels(): Section {
  return {
    title: 'Cancels and outcomes',
    bands: [
      {
        height: 9,
        panels: [
          stack({
            title: 'Cancels by reason',
            description:
              'Accepted cancels per second, by reason. Clients leaving are "disconnect"; "timeout" and "deadline" are budgets that ran out; "parent" follows another cancel. Not narrowed by the scope variable.',
            unit: OpsPerSecond,
            wide: true,
            query: perSecond('requests', { by: ['reason'], where: { result: 'accepted' } }),
          }),
          stack({
            title: 'Scopes by outcome',
            description:
              'Scopes that ended, per second. Cancelled is an outcome, not an error; "ignored" ran on to the end, "abandoned" outlived its grace.',
            unit: OpsPerSecond,
            wide: true,
            query: perSecond('scopesSettled', { by: ['outcome'] }),
          }),
        ],
      },
    ],
  };
}

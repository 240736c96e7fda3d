/** The overview: is cancelling healthy, and if not, where to look. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { UIDS } from './links.ts';
import { cancels } from './sections/cancels.ts';
import { headline } from './sections/headline.ts';
import { latency } from './sections/latency.ts';
import { lifecycle } from './sections/lifecycle.ts';
import { load } from './sections/load.ts';
import { running } from './sections/running.ts';
import { scopes } from './sections/scopes.ts';
import { telemetry } from './sections/telemetry.ts';
import { dashboardOf } from './shell.ts';
import { variables } from './variables.ts';

/** The dashboard, ready to be written as JSON. */
export function overview(): Dashboard {
  return dashboardOf({
    uid: UIDS.overview,
    title: 'Cancellation overview',
    description:
      'Who cancels, why, how long work takes to stop, and what does not stop. Reads the metrics of cancelscope.',
    variables: variables(),
    sections: [headline(), cancels(), latency(), running(), load(), scopes(), lifecycle(), telemetry()],
  });
}

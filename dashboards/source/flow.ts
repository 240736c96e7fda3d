/** The flow: which cancel reaches what, across which boundary, and why. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { UIDS } from './links.ts';
import { boundaries } from './sections/flow/boundaries.ts';
import { causes } from './sections/flow/causes.ts';
import { graph } from './sections/flow/graph.ts';
import { dashboardOf } from './shell.ts';
import { variables } from './variables.ts';

/** The dashboard, ready to be written as JSON. */
export function flow(): Dashboard {
  return dashboardOf({
    uid: UIDS.flow,
    title: 'Cancellation flow',
    description: 'Which scope cancels which other, across which boundary, why, and what did not stop.',
    variables: variables(),
    sections: [graph(), boundaries(), causes()],
  });
}

/** One scope: what happens to its cancels, phase by phase, and where. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { UIDS } from './links.ts';
import { causes } from './sections/scope/causes.ts';
import { cost } from './sections/scope/cost.ts';
import { now } from './sections/scope/now.ts';
import { phases } from './sections/scope/phases.ts';
import { places } from './sections/scope/places.ts';
import { dashboardOf } from './shell.ts';
import { variables } from './variables.ts';

/** The dashboard, ready to be written as JSON. */
export function scopeDetail(): Dashboard {
  return dashboardOf({
    uid: UIDS.scope,
    title: 'Cancellation scope detail',
    description: 'One scope: how long its cancels take, phase by phase, why they come, and in which process.',
    variables: variables({ oneScope: true }),
    sections: [now(), phases(), causes(), places(), cost()],
  });
}

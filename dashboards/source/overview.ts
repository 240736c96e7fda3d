/** The overview: is cancelling healthy, and if not, where to look. */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { placeSections } from './layout.ts';
import { cancels } from './sections/cancels.ts';
import { cost } from './sections/cost.ts';
import { headline } from './sections/headline.ts';
import { latency } from './sections/latency.ts';
import { running } from './sections/running.ts';
import { scopes } from './sections/scopes.ts';
import { telemetry } from './sections/telemetry.ts';
import { variables } from './variables.ts';

const TAG = 'cancelscope';

/** The dashboard, ready to be written as JSON. */
export function overview(): Dashboard {
  const dashboard = new DashboardBuilder('Cancellation overview')
    .uid('cancelscope-overview')
    .description(
      'Who cancels, why, how long work takes to stop, and what does not stop. Reads the metrics of cancelscope.',
    )
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations([])
    .variables(variables())
    .link(
      new DashboardLinkBuilder('Cancellation dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  placeSections(dashboard, [headline(), cancels(), latency(), running(), cost(), scopes(), telemetry()]);
  const built = dashboard.build();
  for (const link of built.links ?? []) delete link.placement; // the builder would tuck the link away in a menu
  return built;
}

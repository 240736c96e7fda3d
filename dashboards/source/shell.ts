/** What the dashboards have in common around their panels: time, links to each other, annotations. */
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { annotations } from './annotations.ts';
import { placeSections, type Section } from './layout.ts';
import type { VariableBuilder } from './variables.ts';

/** On every dashboard: they link to each other by it. */
export const TAG = 'cancelscope';

/** A dashboard, ready to be written as JSON. */
export function dashboardOf(parts: {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags?: readonly string[];
  readonly from?: string;
  readonly refresh?: string;
  readonly variables: readonly VariableBuilder[];
  readonly sections: readonly Section[];
}): Dashboard {
  const dashboard = new DashboardBuilder(parts.title)
    .uid(parts.uid)
    .description(parts.description)
    .tags([TAG, ...(parts.tags ?? [])])
    .readonly()
    .timezone('browser')
    .time({ from: parts.from ?? 'now-1h', to: 'now' })
    .refresh(parts.refresh ?? '30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotations(annotations())
    .variables([...parts.variables])
    .link(
      new DashboardLinkBuilder('Cancellation dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  placeSections(dashboard, parts.sections);
  const built = dashboard.build();
  // The builder would tuck links and annotations away in a menu.
  for (const link of built.links ?? []) delete link.placement;
  for (const annotation of built.annotations?.list ?? []) delete annotation.placement;
  return built;
}

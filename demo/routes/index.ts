/**
 * All routes of the demo's service.
 */
import type { Scope } from '../cancelscope.ts';
import type { Route } from '../route.ts';
import type { Upstream } from '../upstream.ts';
import { exportRows } from './export.ts';
import { feed } from './feed.ts';
import { jobs } from './jobs.ts';
import { legacy } from './legacy.ts';
import { orders } from './orders.ts';
import { overview } from './overview.ts';
import { renders } from './renders.ts';
import { reports } from './reports.ts';
import { rollouts } from './rollouts.ts';
import { search } from './search.ts';
import { thumbnails } from './thumbnails.ts';

/** The routes; jobs belong to `service`. */
export function allRoutes(upstream: Upstream, service: Scope, failed: (error: unknown) => void): Route[] {
  return [
    reports(upstream),
    search(upstream),
    overview(upstream),
    feed,
    legacy,
    exportRows,
    thumbnails,
    renders,
    orders(),
    rollouts,
    ...jobs(service, failed),
  ];
}

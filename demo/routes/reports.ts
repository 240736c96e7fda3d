/**
 * A report: rows from a slow upstream, then rendered. Each step is a scope of its own inside the request's, so telemetry
 * shows where the time went, and a cancel of the request reaches whichever step is running.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { cancelScope } from '../cancelscope.ts';
import { type Route, sendJson } from '../route.ts';
import type { Upstream } from '../upstream.ts';

/** `GET /reports/{id}?upstream=80` */
export function reports(upstream: Upstream): Route {
  return {
    method: 'GET',
    path: '/reports/{id}',
    options: { timeoutMs: 250 },
    async handle({ response, params, number }) {
      const rows = await cancelScope('load-rows', (scope) =>
        upstream.rows('rows', number('upstream', 40), scope.signal),
      );
      const text = await cancelScope('write-report', async (scope) => {
        const lines: string[] = [];
        for (const row of rows) {
          lines.push(`${params['id']}: ${row}`);
          await delay(2, undefined, { signal: scope.signal });
        }
        return lines;
      });
      sendJson(response, text);
    },
  };
}

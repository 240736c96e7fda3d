/**
 * Fan-out: four parts at once. The first to fail cancels its siblings, and its error is the request's.
 */
import { taskGroup } from '../cancelscope.ts';
import { type Route, sendJson } from '../route.ts';
import type { Upstream } from '../upstream.ts';

const PARTS = ['profile', 'orders', 'prices', 'news'];

/** `GET /overview?upstream=80&failing=prices` */
export function overview(upstream: Upstream): Route {
  return {
    method: 'GET',
    path: '/overview',
    options: { timeoutMs: 1_000 },
    async handle({ response, number, query }) {
      const delayMs = number('upstream', 60);
      const failing = query('failing');
      const parts = await taskGroup('overview', async (group) => {
        const tasks = PARTS.map((part, index) =>
          group.spawn(`load-${part}`, (scope) =>
            part === failing
              ? upstream.rows('broken', delayMs / 4, scope.signal)
              : upstream.rows(part, delayMs + index * 10, scope.signal),
          ),
        );
        return Promise.all(tasks.map((task) => task.promise));
      });
      sendJson(response, parts);
    },
  };
}

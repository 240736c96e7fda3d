/**
 * Search as you type: a newer search of the same client makes the one before it unnecessary.
 */
import type { Scope } from '../cancelscope.ts';
import { type Route, sendJson } from '../route.ts';
import type { Upstream } from '../upstream.ts';

/** `GET /search?q=abc&upstream=80`, with the client's name in `x-client`. */
export function search(upstream: Upstream): Route {
  const latest = new Map<string, Scope>();
  return {
    method: 'GET',
    path: '/search',
    options: { timeoutMs: 500 },
    async handle({ request, response, scope, number, query }) {
      const client = String(request.headers['x-client']);
      latest.get(client)?.cancel('superseded', 'the same client searches for something else');
      latest.set(client, scope);
      try {
        const rows = await upstream.rows('search', number('upstream', 60), scope.signal);
        sendJson(response, { query: query('q'), rows });
      } finally {
        if (latest.get(client) === scope) latest.delete(client);
      }
    },
  };
}

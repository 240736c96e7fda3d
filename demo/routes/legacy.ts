/**
 * A call that cannot be cancelled, such as a driver without a way to stop a query. With `graceMs` the request does not
 * wait for it: it is answered, and the query is a zombie, counted until it ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { cancelScope } from '../cancelscope.ts';
import { type Route, sendJson } from '../route.ts';

/** `GET /legacy/{id}?query=1500` */
export const legacy: Route = {
  method: 'GET',
  path: '/legacy/{id}',
  options: { timeoutMs: 100 },
  async handle({ response, number }) {
    const queryMs = number('query', 1_500);
    const row = await cancelScope('legacy-query', { graceMs: 80 }, () => delay(queryMs, 'row'));
    sendJson(response, row);
  },
};

/**
 * An order is committed whole or not at all: the commit is shielded, so a cancel that comes meanwhile waits for it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Route, sendJson } from '../route.ts';

/** `POST /orders?commit=90` */
export function orders(): Route {
  let cancels = 0;
  return {
    method: 'POST',
    path: '/orders',
    options: { timeoutMs: 1_000 },
    async handle({ response, scope, number }) {
      scope.onCancel(() => {
        // An audit log that is full now and then. It hurts nobody: the failure is counted, and the cancel goes on.
        if (++cancels % 3 === 0) throw new Error('the audit log is full');
      });
      await delay(5, undefined, { signal: scope.signal });
      const order = await scope.shield(
        async () => {
          await delay(number('commit', 90));
          return { committed: true };
        },
        { maxMs: 400 },
      );
      sendJson(response, order, 201);
    },
  };
}

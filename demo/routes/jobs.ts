/**
 * Jobs go on after the request that started them, and end in many ways: an operator, a watched quota, an OS signal, an
 * AbortSignal of somebody else's, a lost connection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { cancelScope, isCancelled, type Scope, type ScopeOptions, triggers } from '../cancelscope.ts';
import { type Route, sendJson } from '../route.ts';

const REMEMBERED = 100;

/** `POST /jobs?kind=quota` and `DELETE /jobs/{id}`; jobs belong to `service` and end with it. */
export function jobs(service: Scope, failed: (error: unknown) => void): Route[] {
  const started = new Map<string, Scope>();

  /** Starts a job and gives its id; the request that asked for it does not wait. */
  const start = (kind: string): string => {
    let id = '';
    cancelScope(`job-${kind}`, { parent: service, ...KINDS[kind]?.() }, async (scope) => {
      id = scope.id;
      started.set(id, scope);
      if (started.size > REMEMBERED) started.delete(started.keys().next().value as string);
      try {
        await delay(3_000, undefined, { signal: scope.signal });
      } finally {
        await delay(60); // it puts back what it has taken
      }
    }).catch((error: unknown) => {
      if (!isCancelled(error)) failed(error);
    });
    return id;
  };

  return [
    {
      method: 'POST',
      path: '/jobs',
      async handle({ response, query }) {
        const kind = query('kind') ?? '';
        sendJson(response, { id: start(Object.hasOwn(KINDS, kind) ? kind : 'plain') }, 202);
      },
    },
    {
      method: 'DELETE',
      path: '/jobs/{id}',
      async handle({ response, params }) {
        const job = started.get(params['id'] ?? '');
        // First one wins; the same again is counted as redundant, and as late once the job has ended.
        const won = job?.cancel('manual', 'an operator stopped the job') ?? false;
        sendJson(response, { won }, job === undefined ? 404 : 200);
      },
    },
  ];
}

/** What ends each kind of job, besides an operator. */
const KINDS: Readonly<Record<string, () => ScopeOptions>> = {
  quota: () => {
    let usedMb = 0;
    return { triggers: [triggers.predicate(() => (usedMb += 40) > 200, { name: 'disk-quota', intervalMs: 20 })] };
  },
  signal: () => ({ triggers: [triggers.osSignal('SIGUSR2')] }),
  abort: () => {
    const theirs = new AbortController();
    setTimeout(() => theirs.abort('the batch window is over'), 80).unref();
    return { signal: theirs.signal };
  },
  queue: () => ({
    triggers: [triggers.promise(delay(80).then(() => Promise.reject(new Error('queue connection lost'))))],
  }),
};

import { expect, test } from 'vitest';
import { cancelScope, CancellationToken, openScope } from '../../src/index.ts';
import { type EventBatch, Forwarding, wantedFromThreads } from '../../src/instrumentation/index.ts';
import { hooks, scopeInfo } from '../../src/token/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { counted, threadsForTests } from './remote-batches.ts';

guardLeaks();
const thread = threadsForTests();

/** Has every event of tokens and scopes happen. */
async function everything(): Promise<void> {
  const clock = virtualClock();
  const end = deferred();
  const request = openScope('request', { clock, attributes: { tenant: 'acme' } });
  request.token.child({ name: 'child' }).dispose();
  const orphan = openScope('orphan', { parent: request });
  const stuck = caught(
    cancelScope('stuck', { parent: request, timeoutMs: 5, graceMs: 5 }, (scope) => {
      scope.onCancel(() => {
        throw new Error('broken listener');
      });
      scope.report({ rows: 3 });
      return end.promise;
    }),
  );
  await cancelScope('shielding', { parent: request }, (scope) => scope.shield(() => 'committed'));
  hooks.workerEnded?.(scopeInfo(request), { step: 'returned', startedAt: 0, endedAt: 1, requestedAt: undefined });
  await clock.advance(20);
  await stuck;
  request.cancel('shutdown', 'draining');
  request.cancel('shutdown');
  end.resolve();
  await clock.advance(20);
  request.close();
  orphan.close();
  await caught(cancelScope('failing', { clock }, () => Promise.reject(new TypeError('declined'))));
  const stop = new CancellationToken({ name: 'stop' });
  stop.cancel();
  await caught(cancelScope('born', { clock, token: stop }, () => {}));
}

test('V4: all that a thread with monitors wants is told there as it was here: nothing gets lost on the way', async () => {
  const recorded = record();
  const sent: EventBatch[] = [];
  const forwarding = new Forwarding((batch) => sent.push(structuredClone(batch)) > 0);
  forwarding.want(wantedFromThreads());

  await everything();
  const here = recorded.events.map(({ hook, scope }) => `${hook} ${scope}`);
  const kinds = new Set(recorded.sequence());
  forwarding.flush();
  forwarding.want([]); // or it would be told of what arrives, too
  recorded.clear();
  const before = counted();
  const from = thread();
  for (const batch of sent) from.receive(batch);

  const there = recorded.events.map(({ hook, scope }) => `${hook} ${scope}`);
  const own = new Set(['cancelSlow', 'scopeIgnoredCancel', 'monitorFailed']); // found out on each side by itself
  const travelling = (lines: readonly string[]): string[] => lines.filter((line) => !own.has(line.split(' ')[0] ?? ''));
  expect([...wantedFromThreads()].filter((hook) => !kinds.has(hook))).toEqual([]);
  expect(travelling(there)).toEqual(travelling(here));
  expect(counted().dropped).toBe(before.dropped);
});

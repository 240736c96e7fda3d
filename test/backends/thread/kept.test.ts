import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shareToken } from '../../../src/backends/thread/index.ts';
import { threadInbox } from '../../../src/backends/thread/thread-inbox.ts';
import { cancelScope, CancellationToken } from '../../../src/index.ts';
import { collectGarbage } from '../../support/collected.ts';
import { deferred } from '../../support/deferred.ts';
import { startThread } from '../../support/thread-agent.ts';

const worker = startThread();
const silentServer = createServer(() => {});
beforeAll(() => new Promise<void>((resolve) => void silentServer.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  silentServer.closeAllConnections();
  silentServer.close();
  return worker.stop();
});

const sweep = () => threadInbox.own().sweep();
const never = new Promise(() => {});

/** Ways for something to hang on a token; each gives back only what a program would keep of it, and not the token. */
const HANGING: readonly [string, (token: CancellationToken, told: () => void) => unknown][] = [
  ['a listener', (token, told) => void token.onCancel(told)],
  ['a listener that is not bound', (token, told) => void token.onCancel(told, { bind: false })],
  ['a promise', (token, told) => void token.whenCancelled().then(told)],
  ['a listener of its signal', (token, told) => token.signal.addEventListener('abort', told)],
  ['a child with a listener', (token, told) => void token.child().onCancel(told)],
  ['any of it', (token, told) => void CancellationToken.any([token, new CancellationToken()]).onCancel(told)],
  ['all of it', (token, told) => void CancellationToken.all([token]).onCancel(told)],
  ['any of its signal', (token, told) => void CancellationToken.any([token.signal]).onCancel(told)],
  ['the listener of a view', (token, told) => void token.readonly().onCancel(told)],
  ['a scope', (token, told) => void cancelScope('w', { token }, (scope) => scope.race(never)).catch(told)],
  ['a fetch', (token, told) => void fetchUntil(token.signal).catch(told)],
  ['a timer of the platform', (token, told) => void sleepUntil(token.signal).catch(told)],
  ['a composite of the platform', (token, told) => AbortSignal.any([token.signal]).addEventListener('abort', told)],
];

describe(
  'B3: a token on which something hangs is found by a cancel, though the program has dropped it',
  { timeout: 20_000 },
  () => {
    test.each(HANGING)('%s', async (_what, hang) => {
      const told = deferred();
      await (async () => {
        const token = new CancellationToken({ name: 'hanging' });
        await worker.run.attach('hanging', shareToken(token));
        hang(token, () => told.resolve());
      })();
      sweep();
      await collectGarbage();
      sweep();
      await collectGarbage();

      await worker.run.cancel('hanging');

      await expect(told.promise).resolves.toBeUndefined();
    });

    test.each(HANGING)('%s, hung on it when it had been let go of already', async (_what, hang) => {
      const told = deferred();
      await (async () => {
        const token = new CancellationToken({ name: 'hanging' });
        await worker.run.attach('hanging', shareToken(token));
        sweep();
        await collectGarbage();
        hang(token, () => told.resolve());
      })();
      await collectGarbage();
      sweep();
      await collectGarbage();

      await worker.run.cancel('hanging');

      await expect(told.promise).resolves.toBeUndefined();
    });

    test('a listener of a signal that was asked for long before', async () => {
      const told = deferred();
      await (async () => {
        const token = new CancellationToken();
        await worker.run.attach('hanging', shareToken(token));
        const { signal } = token;
        sweep();
        await collectGarbage();
        signal.addEventListener('abort', () => told.resolve());
      })();
      await collectGarbage();

      await worker.run.cancel('hanging');

      await expect(told.promise).resolves.toBeUndefined();
    });
  },
);

/** A request to a server that never answers. */
async function fetchUntil(signal: AbortSignal): Promise<unknown> {
  const { port } = silentServer.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}/`, { signal });
}

function sleepUntil(signal: AbortSignal): Promise<unknown> {
  return sleep(2 ** 30, undefined, { signal, ref: false });
}

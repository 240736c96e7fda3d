import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { cancelScope } from '../../../src/index.ts';
import { liveCounts } from '../../../src/instrumentation/index.ts';
import { cancellableFetch } from '../../../src/middleware/fetch/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { serveCalls } from '../../support/outgoing-server.ts';
import { loopTurn } from '../../support/process-errors.ts';

guardLeaks();
guardUnhandled();

const CALLS = 10_000;
const AT_ONCE = 50;

test(`${CALLS} calls leave nothing on a scope and a signal that live on, nor more than one listener while they run (T11, C18)`, async () => {
  const server = await serveCalls((_, response) => void response.end('answer'));
  const { signal } = new AbortController();
  let most = 0;
  let started = 0;

  await cancelScope('service', async () => {
    const fetch = cancellableFetch({ timeoutMs: 600_000, budget: { hosts: ['127.0.0.1'] } });
    const before = liveCounts();
    const caller = async (): Promise<void> => {
      while (started++ < CALLS) {
        const response = await fetch(server.url, { signal });
        most = Math.max(most, getEventListeners(signal, 'abort').length);
        await response.text();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, caller));
    await loopTurn();

    expect(liveCounts()).toEqual(before);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  expect(server.requests()).toBe(CALLS);
  expect(most).toBe(1);
}, 60_000);

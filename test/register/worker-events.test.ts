/** The worker's end of the channel, heard from its other end. */
import { BroadcastChannel, threadId } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { completeObserved, openObserved } from '../../src/register/observed-scope.ts';
import { forwardToMain } from '../../src/register/worker-events.ts';
import { processState } from '../../src/token/index.ts';
import { eventually } from '../support/prometheus-server.ts';
import { loopTurn } from '../support/process-errors.ts';

const UNTAKEN_MAX = 4096;
const WANTED = ['scopeOpened', 'scopeSettled'];

interface Heard {
  readonly hello?: true;
  readonly elsewhere?: true;
  readonly batch?: { readonly events: readonly unknown[] };
}

const heard: Heard[] = [];
const events = (): number => heard.reduce((sum, { batch }) => sum + (batch?.events.length ?? 0), 0);

async function until(isGood: () => boolean): Promise<void> {
  await eventually(
    () => Promise.resolve(isGood()),
    (good) => good,
  );
}

function openAndEnd(count: number): void {
  for (let made = 0; made < count; made++) completeObserved(openObserved('http:get', {}));
}

test('Z18, Z19: a busy main thread is sent no more than it can take, gets the rest when it has, and nothing that goes elsewhere', async () => {
  const port = new BroadcastChannel(`cancelscope.register.v1.${process.pid}.${threadId}`);
  port.addEventListener('message', ({ data }: Event & { readonly data?: unknown }) => void heard.push(data as Heard));
  onTestFinished(() => port.close());
  forwardToMain();
  await until(() => heard[0]?.hello === true);
  port.postMessage({ wanted: WANTED });
  await loopTurn();

  openAndEnd(3000);
  await until(() => events() >= UNTAKEN_MAX);
  for (let turn = 0; turn < 50; turn++) await loopTurn();
  expect(events()).toBe(UNTAKEN_MAX);

  port.postMessage({ taken: UNTAKEN_MAX });
  await until(() => events() === 6000);

  processState.extensions.set('telemetry to main', {});
  onTestFinished(() => void processState.extensions.delete('telemetry to main'));
  openAndEnd(300);
  await until(() => heard.at(-1)?.elsewhere === true);
  openAndEnd(300);
  for (let turn = 0; turn < 50; turn++) await loopTurn();

  expect(events()).toBe(6000);
  expect(heard.filter(({ elsewhere }) => elsewhere === true)).toHaveLength(1);
});

import { setImmediate as loopTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { everywhere, registry } from '../../../../src/index.ts';
import type { ScopesEverywhere } from '../../../../src/instrumentation/index.ts';
import { gate, open, pass } from '../../../support/gate.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { openerForTests } from '../../../support/open-in-test.ts';
import { agentForFile, agentsForTests, listen } from './scope-agent.ts';
import { startTracing } from './tracing.ts';

guardLeaks();
const openInTest = openerForTests();
const startAgent = agentsForTests();
const encoder = agentForFile({ name: 'encoder' });
const scaler = agentForFile({ name: 'scaler' });

const PID = process.pid;
const origins = {
  main: { pid: PID, threadId: 0, threadName: 'main' },
  encoder: { pid: PID, threadId: encoder.worker.threadId, threadName: 'encoder' },
  scaler: { pid: PID, threadId: scaler.worker.threadId, threadName: 'scaler' },
};

/** Each scope as `name on thread`, in the order of their names. */
function placed({ scopes }: ScopesEverywhere): string[] {
  return scopes.map(({ name, origin }) => `${name} on ${origin.threadName}`).toSorted();
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

/** Both agents are linked and answer. */
async function up(): Promise<void> {
  await Promise.all([encoder.run.listening(), scaler.run.listening()]);
}

describe('Y3: the scopes of all threads', () => {
  test('are listed from every thread alike, each once, its own first', async () => {
    await up();
    openInTest();
    const encodeId = await encoder.run.open('encode', { attributes: { codec: 'av1' } });
    await encoder.run.open('frame', { parent: 'encode' });
    await scaler.run.open('scale');

    const found = [await everywhere.snapshot(), await encoder.run.snapshot(), await scaler.run.snapshot()];
    for (const name of ['frame', 'encode']) await encoder.run.close(name);
    await scaler.run.close('scale');

    const all = ['encode on encoder', 'frame on encoder', 'scale on scaler', 'work on main'];
    expect(found.map(placed)).toEqual([all, all, all]);
    expect(found.map(({ scopes }) => scopes[0]?.origin)).toEqual([origins.main, origins.encoder, origins.scaler]);
    expect(found.map(({ unreachable }) => unreachable)).toEqual([[], [], []]);
    const [{ scopes } = { scopes: [] }] = found;
    expect(scopes.find(({ id }) => id === encodeId)).toMatchObject({ state: 'open', attributes: { codec: 'av1' } });
    expect(scopes.find(({ name }) => name === 'frame')?.parentId).toBe(encodeId);
  });

  test('are listed with why, where they were cancelled', async () => {
    const id = await encoder.run.open('encode');
    await encoder.run.cancel('encode', 'superseded', 'a newer one');

    const { scopes } = await everywhere.snapshot();
    await encoder.run.close('encode');

    expect(scopes.find((scope) => scope.id === id)).toMatchObject({
      state: 'cancelling',
      cause: { reason: 'superseded', message: 'a newer one', origin: origins.encoder },
    });
  });

  test('are listed also without a monitor, and no timer is left', async () => {
    await up();
    const before = timers();

    await everywhere.snapshot({ withinMs: 60_000 });
    await everywhere.cancel('nobody');

    expect(timers()).toBe(before);
  });
});

describe('a cancel by id', () => {
  test('reaches a worker’s scope from here, and names this thread as who cancelled', async () => {
    await using listening = await listen([encoder]);
    const id = await encoder.run.open('encode');

    const result = await everywhere.cancel(id, 'shutdown', 'draining');
    const cause = await encoder.run.causeOf('encode');
    await encoder.run.close('encode');
    await listening.heard('scopeSettled', 'encode');

    expect(result).toBe('cancelled');
    expect(cause).toMatchObject({ reason: 'shutdown', message: 'draining', origin: origins.main, token: { id } });
    expect(listening.of('cancelDelivered')).toMatchObject([{ boundary: 'thread', sourceThread: 'main' }]);
    expect(listening.of('cancelRequested')).toMatchObject([{ result: 'accepted', sourceThread: 'main' }]);
  });

  test('reaches a scope here from a worker', async () => {
    const scope = openInTest();

    const result = await encoder.run.cancelEverywhere(scope.id, 'manual', 'from afar');

    expect(result).toBe('cancelled');
    expect(scope.cause).toMatchObject({ reason: 'manual', message: 'from afar', origin: origins.encoder });
  });

  test('reaches another worker’s scope from a worker, through this thread, which is not who cancelled', async () => {
    await up();
    const id = await scaler.run.open('scale');

    const result = await encoder.run.cancelEverywhere(id, 'condition', 'too hot');
    const cause = await scaler.run.causeOf('scale');
    await scaler.run.close('scale');

    expect(result).toBe('cancelled');
    expect(cause).toMatchObject({ reason: 'condition', message: 'too hot', origin: origins.encoder });
  });

  test('says what became of it: already, settled, not found', async () => {
    await using listening = await listen([encoder]);
    const id = await encoder.run.open('encode');

    const results = [await everywhere.cancel(id), await everywhere.cancel(id)];
    await encoder.run.close('encode');
    await listening.heard('scopeSettled', 'encode');
    results.push(await everywhere.cancel(id), await scaler.run.cancelEverywhere(id));
    results.push(await everywhere.cancel('nobody'), await encoder.run.cancelEverywhere(''));

    expect(results).toEqual(['cancelled', 'already', 'settled', 'settled', 'not_found', 'not_found']);
    expect(registry.cancel(id)).toBe('settled');
  });

  test('that comes second is counted for who asked', async () => {
    await using listening = await listen([encoder]);
    const id = await encoder.run.open('encode');
    await encoder.run.cancel('encode');

    await everywhere.cancel(id);
    await encoder.run.close('encode');
    await listening.heard('scopeSettled', 'encode');

    expect(listening.of('cancelRequested').map(({ result, sourceThread }) => [result, sourceThread])).toEqual([
      ['accepted', 'encoder'],
      ['redundant', 'main'],
    ]);
  });

  test('links the cancel to the span it was made in', async () => {
    const tracing = startTracing();
    onTestFinished(() => tracing[Symbol.dispose]());
    await using listening = await listen([encoder]);
    const id = await encoder.run.open('encode');

    await tracing.inSpan('operator', () => everywhere.cancel(id));
    await encoder.run.close('encode');
    await listening.heard('scopeSettled', 'encode');

    const { operator, 'cancel encode': cancel } = tracing.spans();
    expect(cancel?.linkedTo).toEqual([operator?.spanId]);
  });
});

describe('Y4: a thread that cannot answer', () => {
  test('because it is busy is unreachable, by its name; the others are heard, and later it is too', async () => {
    await up();
    const [blocked, until] = [gate(), gate()];
    const id = await encoder.run.open('encode');
    await scaler.run.open('scale');
    const busy = encoder.run.block(blocked, until);
    pass(blocked);

    const found = await everywhere.snapshot({ withinMs: 100 });
    const throughThisThread = await scaler.run.snapshot(500);
    const cancel = await everywhere.cancel(id, 'manual', undefined, { withinMs: 100 });
    open(until);
    await busy;
    const afterwards = await everywhere.snapshot();
    await encoder.run.close('encode');
    await scaler.run.close('scale');

    const label = `process ${PID}, thread ${encoder.worker.threadId} (encoder)`;
    expect([placed(found), found.unreachable]).toEqual([['scale on scaler'], [label]]);
    expect([placed(throughThisThread), throughThisThread.unreachable]).toEqual([['scale on scaler'], [label]]);
    expect(cancel).toBe('unreachable');
    expect([placed(afterwards), afterwards.unreachable]).toEqual([['encode on encoder', 'scale on scaler'], []]);
  });

  test('because it has ended is not asked: nobody waits for it', async () => {
    const { run, stop } = startAgent({ name: 'gone' });
    const id = await run.open('short');
    const before = placed(await everywhere.snapshot());
    await stop();
    for (let turn = 0; turn < 3; turn++) await loopTurn();

    const { scopes, unreachable } = await everywhere.snapshot();

    expect(before).toEqual(['short on gone']);
    expect([scopes, unreachable]).toEqual([[], []]);
    expect(await everywhere.cancel(id)).toBe('not_found');
  });

  test('because it ends while it is asked is unreachable at once', async () => {
    const { run, stop } = startAgent({ name: 'ending' });
    const [blocked, until] = [gate(), gate()];
    await run.listening();
    run.block(blocked, until).catch(() => {});
    pass(blocked);

    const asked = everywhere.snapshot({ withinMs: 600_000 });
    await stop();

    expect((await asked).unreachable).toEqual([expect.stringMatching(/\(ending\)$/)]);
  });
});

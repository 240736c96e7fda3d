import { setImmediate as loopTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import { CancellationToken } from '../../../../src/index.ts';
import { EVENT_HOOK_NAMES, monitorEventCounts, openScopeReadings } from '../../../../src/instrumentation/index.ts';
import { gate, pass } from '../../../support/gate.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { startThread } from '../../../support/thread-agent.ts';
import { agentForFile, listen, type Listening } from './scope-agent.ts';

guardLeaks();
const agent = agentForFile();
const { run } = agent;

/** What may wait to be sent, and what may be on its way. */
const ROOM = 4_096;

/** All but one: a scope's token is told of too, where somebody wants that. */
const HOOKS = EVENT_HOOK_NAMES.filter((hook) => hook !== 'tokenCreated');

/** Events of other threads, as counted here: taken and dropped. */
function counted(): { readonly ok: number; readonly dropped: number } {
  const of = (result: string): number =>
    [...monitorEventCounts()].find((each) => each.monitor === 'threads' && each.result === result)?.count ?? 0;
  return { ok: of('ok'), dropped: of('dropped') };
}

/** Resolves with what was counted since `before`, when that is `total` events. */
async function countedSince(before: { ok: number; dropped: number }, total: number): Promise<typeof before> {
  for (;;) {
    const now = counted();
    const since = { ok: now.ok - before.ok, dropped: now.dropped - before.dropped };
    if (since.ok + since.dropped >= total) return since;
    await loopTurn();
  }
}

const inTime = { timeout: 30_000 };

describe('V3: more events than there is room for', () => {
  test('before a worker was told: as many as there is room for are heard, the rest is counted', inTime, async () => {
    await using listening = await listen();
    const before = counted();
    const stop = new CancellationToken({ name: 'stop' });
    const program = new URL('agents/burst-program.ts', import.meta.url);

    const { worker } = startThread(program, { handle: shareToken(stop), scopes: 10_000 });
    await new Promise((resolve) => worker.once('exit', resolve));
    const since = await countedSince(before, 20_000);
    stop.dispose();

    expect(since).toEqual({ ok: ROOM, dropped: 20_000 - ROOM });
    expect(pairs(listening, 'burst')).toEqual({ opened: ROOM / 2, settled: ROOM / 2 });
  });

  test(
    'while this thread is busy (J2): what waits is bounded, the rest is counted, and afterwards all is heard again',
    inTime,
    async () => {
      await using listening = await listen([agent], HOOKS);
      const before = counted();
      const done = gate();

      const burst = run.burst('burst', 50_000, done);
      pass(done); // this thread hears nothing meanwhile
      await burst;
      const since = await countedSince(before, 100_000);
      await run.open('after');
      await run.close('after');
      await listening.heard('scopeSettled', 'after');

      expect(since.ok + since.dropped).toBe(100_000);
      expect(since.ok).toBeLessThanOrEqual(3 * ROOM);
      expect(since.ok).toBeGreaterThanOrEqual(ROOM);
      expect(listening.sequence('after')).toEqual(['scopeOpened', 'scopeSettled']);
      expect([...openScopeReadings()]).toEqual([]);
    },
  );

  test('a scope heard of to open is heard of to end, however many came between', inTime, async () => {
    await using listening = await listen([agent], HOOKS);
    await run.open('long');
    await listening.heard('scopeOpened', 'long');
    const done = gate();

    const burst = run.burst('burst', 50_000, done, { ending: 'long' });
    pass(done);
    await burst;
    await listening.heard('scopeSettled', 'long');

    const { opened, settled } = pairs(listening, 'burst');
    expect(opened).toBe(settled);
    expect([...openScopeReadings()]).toEqual([]);
  });

  test('a scope whose beginning was dropped is heard of in no part', inTime, async () => {
    await using listening = await listen([agent], HOOKS);
    const done = gate();

    const burst = run.burst('burst', 50_000, done, { beginning: 'late' });
    pass(done);
    await burst;
    await listening.heard('scopeSettled', 'burst', 2_000);
    await run.cancel('late');
    await run.close('late');
    await run.open('after');
    await run.close('after');
    await listening.heard('scopeSettled', 'after');

    expect(listening.sequence('late')).toEqual([]);
  });
});

function pairs(listening: Listening, name: string): { opened: number; settled: number } {
  const sequence = listening.sequence(name);
  const opened = sequence.filter((hook) => hook === 'scopeOpened').length;
  return { opened, settled: sequence.length - opened };
}

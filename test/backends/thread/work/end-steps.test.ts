import prom from 'prom-client';
import { describe, expect, test } from 'vitest';
import { openTelemetryMonitor } from '../../../../src/exporters/opentelemetry/index.ts';
import { prometheusMonitor } from '../../../../src/exporters/prometheus/index.ts';
import { endStep, type RunEnd, type RunState } from '../../../../src/backends/thread/worker-run.ts';
import { openScope, type Scope, type WorkerEndStep } from '../../../../src/index.ts';
import { virtualClock } from '../../../../src/testing/index.ts';
import { memorySdk } from '../../../exporters/opentelemetry/harness.ts';
import { open } from '../../../support/gate.ts';
import { monitorInTest, record } from '../../../support/record.ts';
import { type Gates, gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';

const at = (file: string, name: string) => ({ file: new URL(`tasks/${file}.ts`, import.meta.url), name });

const workers = guardWork();

/** A run of a task that ends by one of the steps, and what is done to it once it has begun. */
interface Ending {
  readonly task: ReturnType<typeof at>;
  readonly data?: object;
  readonly meanwhile?: (scope: Scope, given: Gates) => void;
}

const ENDINGS: Record<WorkerEndStep, Ending> = {
  returned: { task: at('loops', 'deaf'), data: { end: 'return' }, meanwhile: (_, { goOn }) => open(goOn) },
  threw: { task: at('loops', 'deaf'), data: { end: 'throw' }, meanwhile: (_, { goOn }) => open(goOn) },
  exited: { task: at('loops', 'deaf'), data: { end: 'exit' }, meanwhile: (_, { goOn }) => open(goOn) },
  stopped: { task: at('loops', 'default'), meanwhile: (scope) => void scope.cancel() },
  terminated: { task: at('loops', 'never'), meanwhile: (scope) => void scope.cancel() },
};
const STEPS = Object.entries(ENDINGS) as [WorkerEndStep, Ending][];

/** Runs one in a scope of its name: started at 100 ms, cancelled or let go on at 110, out of grace at 120. */
async function ended(step: WorkerEndStep, { task, data, meanwhile }: Ending): Promise<Scope> {
  const clock = virtualClock();
  await clock.advance(100);
  const scope = openScope(step, { clock });
  const given = gates();
  const running = scope.runInWorker(task, { ...given, ...data }, { graceMs: 10 });
  running.catch(() => {});
  await opened(given.there);
  await clock.advance(10);
  meanwhile?.(scope, given);
  if (step === 'terminated') await clock.advance(10);
  await Promise.allSettled([running]);
  scope.close();
  await workers.ended();
  return scope;
}

describe.each(STEPS)('work that ended by the step %s', (step, ending) => {
  test('is told to monitors once, with its instants (Q2)', async () => {
    const recorded = record();

    const scope = await ended(step, ending);

    const cancelled = step === 'stopped' || step === 'terminated';
    const told = recorded.events.filter(({ hook }) => hook === 'workerEnded');
    expect(told).toHaveLength(1);
    expect(told[0]?.event[0]).toMatchObject({ id: scope.id, name: step });
    expect(told[0]?.event[1]).toEqual({
      step,
      startedAt: 100,
      endedAt: step === 'terminated' ? 120 : 110,
      requestedAt: cancelled ? 110 : undefined,
    });
  });

  test('is counted by scope and step, and says so on the span of its scope', async () => {
    const sdk = memorySdk();
    const registry = new prom.Registry();
    monitorInTest(openTelemetryMonitor({ tracerProvider: sdk.tracerProvider, metrics: 'off', logs: false }));
    monitorInTest(prometheusMonitor({ registry }));

    await ended(step, ending);

    const lines = (await registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith('cancellation_worker_ends_total{'));
    expect(lines).toEqual([`cancellation_worker_ends_total{scope="${step}",step="${step}"} 1`]);
    const spans = sdk.spans().filter(({ attributes }) => 'cancellation.worker.end' in attributes);
    expect(spans.map(({ attributes }) => attributes['cancellation.worker.end'])).toEqual([step]);
  });
});

describe('endStep (Q2)', () => {
  const cancelled: RunEnd = { how: 'threw', error: { cancelled: { reason: 'manual' } } };
  const failed: RunEnd = { how: 'threw', error: { value: 1 } };
  const table: readonly (readonly [RunEnd, running: WorkerEndStep, asked: WorkerEndStep, killed: WorkerEndStep])[] = [
    [{ how: 'returned', value: 1 }, 'returned', 'returned', 'returned'],
    [cancelled, 'threw', 'stopped', 'stopped'],
    [failed, 'threw', 'threw', 'threw'],
    [{ how: 'crashed', error: new Error('x') }, 'threw', 'threw', 'threw'],
    [{ how: 'exited', code: 1 }, 'exited', 'exited', 'terminated'],
  ];

  test.each(table)('of %o', (end, ...steps) => {
    const states: RunState[] = ['running', 'asked', 'killed'];

    expect(states.map((state) => endStep(state, end))).toEqual(steps);
  });
});

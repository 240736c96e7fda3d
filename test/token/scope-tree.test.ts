import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CancelledError,
  cancelScope,
  registerMonitor,
  registry,
  type Scope,
  type ScopeOutcome,
} from '../../src/index.ts';
import { expectNoLeaks, recordingMonitor, type VirtualClock, virtualClock } from '../../src/testing/index.ts';
import { type Fate, fates, type Plan } from '../support/scope-model.ts';
import { plans } from '../support/scope-plans.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);

/** How one `cancelScope` came back to its caller, and when. */
interface Seen {
  scope: Scope | undefined;
  readonly settlements: { at: number; result: 'value' | 'own error' | 'cancelled' | 'another error' }[];
}

/** Runs `plan` for real. */
async function run(plan: Plan, clock: VirtualClock, seen: Map<string, Seen>): Promise<void> {
  const entry: Seen = { scope: undefined, settlements: [] };
  const own = new Error(plan.name);
  seen.set(plan.name, entry);
  const settle = (result: Seen['settlements'][number]['result']): void =>
    void entry.settlements.push({ at: clock.now(), result });
  const { timeoutMs, graceMs } = plan;
  await cancelScope(plan.name, { clock, timeoutMs, graceMs }, async (scope) => {
    entry.scope = scope;
    if (plan.cancelAt < Infinity) clock.setTimer(() => scope.cancel(), plan.cancelAt);
    const children = plan.children.map((child) => run(child, clock, seen));
    const work = sleepOn(clock, plan.workMs);
    try {
      await (plan.listens ? scope.race(work) : work);
    } finally {
      await Promise.all(children);
    }
    if (plan.end === 'throw') throw own;
    return own;
  }).then(
    (value) => settle(value === own ? 'value' : 'another error'),
    (error: unknown) => {
      if (error === own) settle('own error');
      else
        settle(error instanceof CancelledError && error.cause === entry.scope?.cause ? 'cancelled' : 'another error');
    },
  );
}

const RESULT = {
  completed: 'value',
  ignored: 'value',
  failed: 'own error',
  cancelled: 'cancelled',
  abandoned: 'cancelled',
} as const satisfies Record<ScopeOutcome, string>;

describe(`random trees of scopes (seed ${seed})`, () => {
  test('end as the reference model says, each once, with nothing left and every event balanced', async () => {
    const outcomes = new Map<ScopeOutcome, number>();

    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const expected = fates(plan);
        const noLeaks = expectNoLeaks();
        const recorded = recordingMonitor();
        const registration = registerMonitor(recorded);
        const clock = virtualClock();
        const seen = new Map<string, Seen>();

        const done = run(plan, clock, seen);
        await clock.advance(10_000);
        await done;
        registration[Symbol.dispose]();

        for (const [name, fate] of expected) {
          compare(seen.get(name) as Seen, fate);
          outcomes.set(fate.outcome, (outcomes.get(fate.outcome) ?? 0) + 1);
        }
        expect(namesOf(recorded, 'scopeSettled')).toEqual(namesOf(recorded, 'scopeOpened'));
        expect(namesOf(recorded, 'scopeOpened')).toEqual([...expected.keys()].sort());
        expect(namesOf(recorded, 'zombieEnded')).toEqual(namesOf(recorded, 'zombieDetected'));
        expect(namesOf(recorded, 'zombieDetected')).toEqual(
          [...expected].flatMap(([name, { outcome }]) => (outcome === 'abandoned' ? [name] : [])).sort(),
        );
        expect(registry.snapshot({ zombies: true })).toEqual([]);
        noLeaks();
      }),
      { seed, numRuns: 300 },
    );

    expect([...outcomes.keys()].sort()).toEqual(['abandoned', 'cancelled', 'completed', 'failed', 'ignored']);
  });
});

function compare({ scope, settlements }: Seen, { outcome, settledAt, root, rootReason }: Fate): void {
  expect(settlements).toEqual([{ at: settledAt, result: RESULT[outcome] }]);
  expect(scope?.outcome).toBe(outcome);
  expect(scope?.cause?.root.token.name).toBe(root);
  expect(scope?.cause?.root.reason).toBe(rootReason);
}

function namesOf(recorded: ReturnType<typeof recordingMonitor>, hook: string): string[] {
  return recorded.events
    .flatMap((event) => (event.hook === hook && event.scope !== undefined ? [event.scope] : []))
    .sort();
}

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openScope, type Scope } from '../../src/index.ts';
import { expectNoLeaks, virtualClock } from '../../src/testing/index.ts';
import { loopTurn, processErrors } from '../support/process-errors.ts';
import { type Operation, RandomGraph } from './random-graph.ts';

/** Given as `FAST_CHECK_SEED` to repeat a run; a failing property prints its seed and path as well. */
const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);
process.stdout.write(`properties of tokens: seed ${seed}\n`);
fc.configureGlobal({ seed });

const { operation } = fc.letrec<{ operation: Operation }>((tie) => ({
  operation: fc.oneof(
    { depthSize: 'small', maxDepth: 2 },
    fc.record({ do: fc.constantFrom('cancel' as const, 'dispose' as const, 'abort' as const), at: fc.nat(50) }),
    fc.record({
      do: fc.constant('make' as const),
      kind: fc.constantFrom('child' as const, 'any' as const, 'all' as const, 'scope' as const),
      from: fc.array(fc.nat(50), { minLength: 1, maxLength: 3 }),
      signal: fc.option(fc.nat(1), { nil: undefined }),
    }),
    fc.record({
      do: fc.constant('register' as const),
      at: fc.nat(50),
      inside: fc.array(tie('operation'), { maxLength: 2 }),
      end: fc.constantFrom('returns' as const, 'throws' as const, 'rejects' as const),
    }),
    fc.record({ do: fc.constant('unregister' as const), at: fc.nat(50) }),
  ),
}));

/** Place of the root scope among the tokens of a graph. */
const ROOT_SCOPE = 1;

/** A busy machine takes its time over thousands of programs. */
const LONG = { timeout: 60_000 };

/** Programs that first grow a graph with listeners, so that there is something to cancel, and end with a cancel from the top. */
const programs = fc
  .tuple(
    fc.array(
      operation.filter(({ do: what }) => what === 'make' || what === 'register'),
      { minLength: 10, maxLength: 40 },
    ),
    fc.array(operation, { minLength: 1, maxLength: 10 }),
  )
  .map(([growth, rest]): Operation[] => [...growth, ...rest, { do: 'cancel', at: ROOT_SCOPE }]);

test('T1, T2, T3, T4, T5, T7, T11, T12, T14, C1: a random graph does what the reference model says', LONG, async () => {
  const atProcess = processErrors();

  fc.assert(
    fc.property(programs, (program) => {
      const noLeaks = expectNoLeaks();
      const graph = new RandomGraph();

      graph.run(program);

      expect(graph.violations).toEqual([]);
      noLeaks();
    }),
    { numRuns: 3_000 },
  );
  await loopTurn();

  expect(atProcess).toEqual([]);
});

interface Level {
  readonly timeoutMs: number;
  readonly deadline: number;
}

const instant = fc.oneof(
  fc.integer({ min: -5, max: 60 }),
  fc.double({ min: 0, max: 60, noNaN: true }),
  fc.constant(Infinity),
);
const nests = fc.array(fc.record<Level>({ timeoutMs: instant, deadline: instant }), { minLength: 1, maxLength: 6 });
const steps = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });

test('D1, D3: nested deadlines combine with min, and the scope whose own ran out is the root', async () => {
  await fc.assert(
    fc.asyncProperty(nests, steps, async (nest, waits) => {
      const noLeaks = expectNoLeaks();
      const clock = virtualClock();
      const scopes: Scope[] = [];
      for (const level of nest) scopes.push(openScope('level', { ...level, clock, ...parentOf(scopes) }));
      const ends = nest.map((_, index) => endOf(nest.slice(0, index + 1)));

      for (const waitMs of [0, ...waits]) {
        await clock.advance(waitMs);

        const now = clock.now();
        expect(scopes.map(({ isCancelled }) => isCancelled)).toEqual(ends.map((end) => end <= now));
        for (const [index, { cause }] of scopes.entries()) {
          if (cause === undefined) continue;
          const over = ends.findIndex((end) => end <= Math.max(0, ends[index] as number));
          expect(cause.root.token.id).toBe(scopes[over]?.id);
          expect(cause.root.monotonicNs).toBe(BigInt(Math.round(Math.max(0, ends[index] as number) * 1e6)));
          expect(cause.root.reason).toBe(reasonOf(nest[over] as Level));
        }
      }

      expect(scopes.map(({ deadline }) => deadline)).toEqual(ends);
      for (const scope of scopes.toReversed()) scope.close();
      expect(clock.pendingTimers).toBe(0);
      noLeaks();
    }),
    { numRuns: 200 },
  );
});

function parentOf(scopes: readonly Scope[]): { parent?: Scope } {
  const parent = scopes.at(-1);
  return parent === undefined ? {} : { parent };
}

/** The earliest of all that `levels` ask for; all of them were opened at 0. */
function endOf(levels: readonly Level[]): number {
  return Math.min(...levels.flatMap(({ timeoutMs, deadline }) => [timeoutMs, deadline]));
}

function reasonOf({ timeoutMs, deadline }: Level): string {
  return deadline < timeoutMs ? 'deadline' : 'timeout';
}

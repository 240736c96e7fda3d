import * as fc from 'fast-check';
import type { Plan } from './scope-model.ts';

interface Draft {
  readonly timeoutMs: number | undefined;
  readonly cancelAt: number | undefined;
  readonly workMs: number;
  readonly listens: boolean;
  readonly end: 'return' | 'throw';
  readonly graceMs: number | undefined;
  readonly children: readonly Draft[];
}

const ms = fc.integer({ min: 1, max: 40 });
const maybeMs = fc.option(ms, { nil: undefined });

const { draft } = fc.letrec<{ draft: Draft }>((tie) => ({
  draft: fc.record({
    timeoutMs: maybeMs,
    cancelAt: maybeMs,
    workMs: ms,
    listens: fc.boolean(),
    end: fc.constantFrom('return' as const, 'throw' as const),
    graceMs: maybeMs,
    children: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constant([]),
      fc.array(tie('draft'), { maxLength: 3 }),
    ),
  }),
}));

/** Random trees of scopes. No two instants in one are equal, nor is a grace period's end ever another instant. */
export const plans: fc.Arbitrary<Plan> = draft.map((root) => {
  let instants = 0;
  let scopes = 0;
  const instant = (value: number | undefined): number =>
    value === undefined ? Infinity : value + ++instants * 2 ** -10;
  const named = (one: Draft): Plan => {
    const serial = ++scopes;
    return {
      name: `s${serial}`,
      timeoutMs: instant(one.timeoutMs),
      cancelAt: instant(one.cancelAt),
      workMs: instant(one.workMs),
      listens: one.listens,
      end: one.end,
      graceMs: one.graceMs === undefined ? Infinity : one.graceMs + serial * 2 ** -20,
      children: one.children.map(named),
    };
  };
  return named(root);
});

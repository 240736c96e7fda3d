/**
 * Interleavings without threads: something is done in the middle of something else, between two of its atomic
 * operations, as another thread might. Trying each place there is shows what real races show once in a million.
 */

const OPERATIONS = ['add', 'and', 'compareExchange', 'exchange', 'load', 'notify', 'or', 'store', 'waitAsync'] as const;

/** What comes before which atomic operation, from 0. */
export type Interrupt = readonly [step: number, run: () => void];

let running: { step: number; readonly interrupts: readonly Interrupt[] } | null = null;

/** Runs `body`, and each of `interrupts` in the middle of it. @returns How many atomic operations `body` had itself. */
export function interruptedAt(interrupts: readonly Interrupt[], body: () => void): number {
  const outer = running;
  const restore = outer === null ? watchOperations() : undefined;
  const own = (running = { step: 0, interrupts });
  try {
    body();
  } finally {
    running = outer;
    restore?.();
  }
  return own.step;
}

/** Something done, what comes in the middle of it, and what is there to see afterwards. */
export interface Scenario<T> {
  readonly body: () => void;
  readonly interrupt: () => void;
  readonly outcome: () => T;
}

/** Sets a scenario up anew for each atomic operation its body has, and interrupts it before that. @returns All outcomes. */
export function interruptedEverywhere<T>(setUp: () => Scenario<T>): T[] {
  const outcomes: T[] = [];
  for (;;) {
    const { body, interrupt, outcome } = setUp();
    if (interruptedAt([[outcomes.length, interrupt]], body) <= outcomes.length) return outcomes;
    outcomes.push(outcome());
  }
}

/** The outcomes that differ, in the order they came up first. */
export function distinct<T>(outcomes: readonly T[]): T[] {
  return [...new Map(outcomes.map((outcome) => [JSON.stringify(outcome), outcome])).values()];
}

function beforeOperation(): void {
  const now = running;
  if (now === null) return;
  const step = now.step++;
  running = null; // what interrupts is left alone, unless it says otherwise itself
  try {
    for (const [at, run] of now.interrupts) if (at === step) run();
  } finally {
    running = now;
  }
}

function watchOperations(): () => void {
  return replaceAtomics(({ run }) => {
    beforeOperation();
    return run();
  });
}

/** One call of an atomic operation. */
export interface Operation {
  readonly name: (typeof OPERATIONS)[number];
  readonly index: number;
  readonly run: () => unknown;
}

/** Has `around` do every atomic operation. @returns What puts the real ones back. */
export function replaceAtomics(around: (operation: Operation) => unknown): () => void {
  const real = new Map(OPERATIONS.map((name) => [name, Atomics[name] as (...args: unknown[]) => unknown]));
  for (const [name, run] of real) {
    const replaced = (...args: unknown[]): unknown =>
      around({ name, index: args[1] as number, run: () => run(...args) });
    Object.assign(Atomics, { [name]: replaced });
  }
  return () => void Object.assign(Atomics, Object.fromEntries(real));
}

/** Handshakes with a task on another thread. */
import { type Gate, gate } from '../../../support/gate.ts';

/** Resolves when a gate is at `value` or beyond, without blocking. */
export async function opened(shared: Gate, value = 1): Promise<void> {
  for (let now = Atomics.load(shared, 0); now < value; now = Atomics.load(shared, 0)) {
    await Atomics.waitAsync(shared, 0, now).value;
  }
}

/** Two gates: the task opens the first, and goes on when the second is open. */
export interface Gates {
  readonly there: Gate;
  readonly goOn: Gate;
}

export function gates(): Gates {
  return { there: gate(), goOn: gate() };
}

/** Blocks this thread until `there` is open, and `ms` longer: nothing that arrives is taken in meanwhile. */
export function blockUntil(shared: Gate, ms: number): void {
  while (Atomics.load(shared, 0) === 0);
  for (const until = performance.now() + ms; performance.now() < until;);
}

/**
 * Counter cell: one series of a counter. An update is one addition.
 */
import type { BoundCounter } from '../../instrumentation/index.ts';

/** One series of a counter. */
export class CounterCell implements BoundCounter {
  // A typed array, not a field: a field that grows from small integers to fractions would box its number.
  readonly #value = new Float64Array(1);

  add(amount: number): void {
    this.#value[0]! += amount;
  }

  /** The count so far. */
  get value(): number {
    return this.#value[0]!;
  }

  /** Back to 0, as the registry's `resetMetrics` asks. */
  reset(): void {
    this.#value[0] = 0;
  }
}

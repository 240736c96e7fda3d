/** What two threads share while they measure. */

/** Their shared memory. */
export interface Memory {
  /** Handshakes: {@link ARMED}, {@link HEARD}. */
  readonly steps: Int32Array;
  /** The flag of the ways that have one. */
  readonly flag: Int32Array;
  /** ns on the clock all threads share: {@link FIRED_AT}, {@link RETURNED_AT}, {@link HEARD_AT}. */
  readonly instants: BigInt64Array;
}

/** In {@link Memory.steps}. */
export const ARMED = 0;
export const HEARD = 1;

/** In {@link Memory.instants}: before the call that wakes, after it, and in the first line that runs then. */
export const FIRED_AT = 0;
export const RETURNED_AT = 1;
export const HEARD_AT = 2;

/** A blocked thread goes on after this, in ms, whatever happens: a benchmark must not hang. */
export const LONGEST_WAIT_MS = 10_000;

/** Memory for two threads. */
export function createMemory(): Memory {
  return {
    steps: new Int32Array(new SharedArrayBuffer(8)),
    flag: new Int32Array(new SharedArrayBuffer(4)),
    instants: new BigInt64Array(new SharedArrayBuffer(24)),
  };
}

/** Says that a step is done. */
export function done({ steps }: Memory, step: number): void {
  Atomics.store(steps, step, 1);
  Atomics.notify(steps, step);
}

/** Blocks until a step is done. */
export function waitFor({ steps }: Memory, step: number): void {
  if (Atomics.wait(steps, step, 0, LONGEST_WAIT_MS) === 'timed-out')
    throw new Error('the other thread does not answer');
}

/** ns between two of the instants last noted. */
export function between({ instants }: Memory, from: number, to: number): number {
  return Number((instants[to] as bigint) - (instants[from] as bigint));
}

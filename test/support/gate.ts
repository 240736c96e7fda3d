/** A number in shared memory that threads wait for, blocked: handshakes where an event loop must not turn. */
export type Gate = Int32Array;

/** Longer than any test waits; a gate nobody opens fails its test instead of hanging it. */
const LONGEST_MS = 20_000;

/** At 0. */
export function gate(): Gate {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** Puts it at `value`, and wakes whoever waits for that. */
export function open(shared: Gate, value = 1): void {
  Atomics.store(shared, 0, value);
  Atomics.notify(shared, 0);
}

/** Blocks this thread until it is at `value` or beyond. */
export function pass(shared: Gate, value = 1): void {
  const endsAt = performance.now() + LONGEST_MS;
  for (let now = Atomics.load(shared, 0); now < value; now = Atomics.load(shared, 0)) {
    if (Atomics.wait(shared, 0, now, endsAt - performance.now()) === 'timed-out') {
      throw new Error(`nobody opened the gate to ${value}; it is at ${now}`);
    }
  }
}

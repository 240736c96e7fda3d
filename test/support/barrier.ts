/** Meeting points of threads in shared memory: nobody goes on before all are there. */
const ARRIVED = 0;
const ROUND = 1;

export type Barrier = Int32Array<SharedArrayBuffer>;

export function barrier(): Barrier {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** How long to look before blocking: a thread that is looked for is found sooner than one that has to be woken. */
const LOOKS = 2_000;

/** Waits until `threads` threads have called this, once more for each round. */
export function meet(shared: Barrier, threads: number): void {
  const round = Atomics.load(shared, ROUND);
  if (Atomics.add(shared, ARRIVED, 1) === threads - 1) {
    Atomics.store(shared, ARRIVED, 0);
    Atomics.add(shared, ROUND, 1);
    Atomics.notify(shared, ROUND);
    return;
  }
  for (let looks = 0; looks < LOOKS; looks++) if (Atomics.load(shared, ROUND) !== round) return;
  while (Atomics.load(shared, ROUND) === round) Atomics.wait(shared, ROUND, round);
}

/** Random numbers from 0 up to `below`, the same for the same seed. */
export function randoms(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Does nothing for so many turns. */
export function idleFor(turns: number): void {
  const nowhere = new Int32Array(1);
  for (let turn = 0; turn < turns; turn++) Atomics.add(nowhere, 0, 1);
}

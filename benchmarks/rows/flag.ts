/** Looking at the flag. */
import { FloorToken } from '../floor.ts';
import { CancellationToken, shareToken } from '../library.ts';
import { against, type Contender, OURS, type Row, STEADY } from '../row.ts';

/** Checked in turn, so that no check can be moved out of the loop. */
const TOKENS = 64;
/** A cache line, in words: as far apart as flags in shared memory are kept. */
const LINE = 16;

function check<T>(
  name: string,
  make: () => T,
  isCancelled: (tokens: readonly T[], times: number) => number,
): Contender {
  return {
    name,
    ready() {
      const tokens = Array.from({ length: TOKENS }, make);
      return (times) => isCancelled(tokens, times);
    },
  };
}

function countCancelled(tokens: readonly CancellationToken[], times: number): number {
  let cancelled = 0;
  for (let i = 0; i < times; i++) if ((tokens[i % TOKENS] as CancellationToken).isCancelled) cancelled++;
  return cancelled;
}

function newShared(): CancellationToken {
  const token = new CancellationToken();
  shareToken(token);
  return token;
}

const floor = check(
  'floor',
  () => new FloorToken(),
  (tokens, times) => {
    let cancelled = 0;
    for (let i = 0; i < times; i++) if ((tokens[i % TOKENS] as FloorToken).isCancelled) cancelled++;
    return cancelled;
  },
);

const atomics: Contender = {
  name: 'Atomics.load',
  ready() {
    const flags = new Int32Array(new SharedArrayBuffer(4 * LINE * TOKENS));
    return (times) => {
      let set = 0;
      for (let i = 0; i < times; i++) if (Atomics.load(flags, (i % TOKENS) * LINE) !== 0) set++;
      return set;
    };
  },
};

export const flagRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'flag check',
    standsFor: 'each turn of a loop that can be cancelled',
    contenders: [
      check(OURS, () => new CancellationToken(), countCancelled),
      check(
        'native',
        () => new AbortController().signal,
        (signals, times) => {
          let aborted = 0;
          for (let i = 0; i < times; i++) if ((signals[i % TOKENS] as AbortSignal).aborted) aborted++;
          return aborted;
        },
      ),
      floor,
    ],
    targets: [against('floor', 1.3, STEADY)],
  },
];

/** Come after all other rows on one thread: once a token is shared, every check looks whether another thread cancelled. */
export const sharedFlagRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'flag check, something is shared',
    standsFor: 'the same loop on a token of its own, where workers hold others',
    during: () => newShared(),
    contenders: [check(OURS, () => new CancellationToken(), countCancelled), floor, atomics],
    targets: [against('floor', 1.3, STEADY)],
  },
  {
    kind: 'time',
    name: 'flag check of a shared token',
    standsFor: 'each turn of a loop in a worker that another thread can cancel',
    contenders: [check(OURS, newShared, countCancelled), atomics, floor],
    targets: [],
  },
];

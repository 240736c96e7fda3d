/** Looking at the flag. */
import { FloorToken } from '../floor.ts';
import { CancellationToken } from '../library.ts';
import { against, type Contender, OURS, type Row, STEADY } from '../row.ts';

/** Checked in turn, so that no check can be moved out of the loop. */
const TOKENS = 64;

function check<T>(
  name: string,
  make: () => T,
  isCancelled: (tokens: readonly T[], times: number) => number,
): Contender {
  const tokens = Array.from({ length: TOKENS }, make);
  return { name, ready: () => (times) => isCancelled(tokens, times) };
}

export const flagRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'flag check',
    standsFor: 'each turn of a loop that can be cancelled',
    contenders: [
      check(
        OURS,
        () => new CancellationToken(),
        (tokens, times) => {
          let cancelled = 0;
          for (let i = 0; i < times; i++) if ((tokens[i % TOKENS] as CancellationToken).isCancelled) cancelled++;
          return cancelled;
        },
      ),
      check(
        'native',
        () => new AbortController().signal,
        (signals, times) => {
          let aborted = 0;
          for (let i = 0; i < times; i++) if ((signals[i % TOKENS] as AbortSignal).aborted) aborted++;
          return aborted;
        },
      ),
      check(
        'floor',
        () => new FloorToken(),
        (tokens, times) => {
          let cancelled = 0;
          for (let i = 0; i < times; i++) if ((tokens[i % TOKENS] as FloorToken).isCancelled) cancelled++;
          return cancelled;
        },
      ),
    ],
    targets: [against('floor', 1.3, STEADY)],
  },
];

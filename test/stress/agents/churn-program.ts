/** A thread that attaches, cancels and lets go of tokens as others share them, in an order of its own. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import {
  attachToken,
  shareToken,
  type SharedTokenHandle,
  SharedTokensFullError,
} from '../../../src/backends/thread/index.ts';
import { CancellationToken, InvalidStateError } from '../../../src/index.ts';
import { randoms } from '../../support/barrier.ts';
import { serve } from '../../support/remote-calls.ts';
import { channelTo } from '../../support/thread-agent.ts';

/** Handles in memory that all threads read and write: they pass by no event loop. */
export interface Board {
  /** For each place: whether somebody is at it, and a handle’s slot, generation and number. */
  readonly places: Int32Array<SharedArrayBuffer>;
  /** What all handles have in common. */
  readonly handle: SharedTokenHandle;
}

/** What a thread did and what it found wrong. */
export interface Churned {
  readonly shared: number;
  readonly attached: number;
  readonly gone: number;
  readonly cancelled: number;
  readonly full: number;
  readonly wrong: string[];
}

interface Held {
  readonly token: CancellationToken;
  readonly number: number;
}

const commands = {
  /** Goes on for so many steps. `thread` makes the numbers of its tokens its own. */
  churn({ places, handle }: Board, seed: number, thread: number, steps: number): Churned {
    const first = attachToken(handle); // so that all share into one memory
    const random = randoms(seed);
    const anywhere = (): number => random(places.length / 4);
    const held: Held[] = [];
    const counts = { shared: 0, attached: 0, gone: 0, cancelled: 0, full: 0 };
    const wrong: string[] = [];

    const share = (): void => {
      const number = thread * 10_000_000 + counts.shared;
      const token = new CancellationToken({ name: String(number) });
      try {
        const { slot, generation } = shareToken(token) as Required<SharedTokenHandle>;
        counts.shared++;
        held.push({ token, number });
        post(places, anywhere(), slot, generation, number);
      } catch (error) {
        if (!(error instanceof SharedTokensFullError)) throw error;
        counts.full++;
      }
    };

    const attach = (): void => {
      const found = take(places, anywhere());
      if (found === undefined) return;
      const { slot, generation, number } = found;
      try {
        const token = attachToken({
          ...handle,
          name: String(number),
          id: String(number),
          slot,
          generation,
        } as SharedTokenHandle);
        counts.attached++;
        held.push({ token, number });
      } catch (error) {
        if (!(error instanceof InvalidStateError)) throw error;
        counts.gone++;
      }
    };

    const letGo = (): void => {
      const [{ token, number }] = held.splice(random(held.length), 1) as [Held];
      if (random(3) === 0 && token.cancel('manual', String(number))) counts.cancelled++;
      if (token.isCancelled && token.cause?.message !== String(number)) {
        wrong.push(`${number} was cancelled as ${token.cause?.message}`);
      }
      token.dispose();
    };

    for (let step = 0; step < steps; step++) {
      if (held.length > 0 && random(held.length + 4) > 3) letGo();
      else (random(2) === 0 ? share : attach)();
    }
    while (held.length > 0) letGo();
    first.dispose();
    return { ...counts, wrong };
  },
};

/** Puts a handle on a place, unless somebody is at it. */
function post(places: Int32Array, place: number, slot: number, generation: number, number: number): void {
  const at = 4 * place;
  if (Atomics.compareExchange(places, at, 0, 1) === 1) return;
  places[at + 1] = slot;
  places[at + 2] = generation;
  places[at + 3] = number;
  Atomics.store(places, at, 0);
}

/** A copy of the handle on a place. */
function take(places: Int32Array, place: number): { slot: number; generation: number; number: number } | undefined {
  const at = 4 * place;
  if (Atomics.compareExchange(places, at, 0, 1) === 1) return undefined;
  const [slot, generation, number] = places.subarray(at + 1, at + 4) as unknown as [number, number, number];
  Atomics.store(places, at, 0);
  return generation === 0 ? undefined : { slot, generation, number };
}

export type ChurnCommands = typeof commands;

serve(commands, channelTo(parentPort as MessagePort));

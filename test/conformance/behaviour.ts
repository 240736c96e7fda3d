/**
 * The behaviour of a token with holders on two sides, told once and run against every backend. What a backend says it
 * cannot do, it has to refuse; the parity table in `docs/backends.md` is what came of it.
 */
import type { Capabilities } from '../../src/backends/index.ts';
import type { Bench } from './bench.ts';

/** One thing that holds. */
export interface Behaviour {
  /** As a row of the parity table. */
  readonly says: string;
  /** The rules of the design it is about. */
  readonly rules: string;
  /** What a backend has to be able to do for it. */
  readonly needs?: keyof Capabilities;
  run(bench: Bench): Promise<void>;
  /** Why there is nothing to run where both sides are on one thread; stands in the table. */
  readonly onOneThread?: string;
  /** What happens on a backend that cannot; what this returns stands in the table. */
  readonly otherwise?: (bench: Bench) => Promise<string>;
}

/** Shares a new token of `here` with `there`, under one name. */
export async function shared({ here, there }: Bench, name: string): Promise<void> {
  here.make(name);
  await there.attach(name, here.share(name));
}

/** Waits until `there` reads the token as cancelled: where memory is shared it does already. */
export async function seenThere({ there }: Bench, name: string): Promise<void> {
  await there.whenCancelled(name);
}

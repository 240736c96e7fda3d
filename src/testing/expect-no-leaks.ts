/**
 * Proof that nothing is left: listeners, children and open scopes are as many as before.
 */
import { openScopeReadings, liveCounts } from '../instrumentation/index.ts';

/** What can be left over. */
export interface LeakCounts {
  readonly listeners: number;
  readonly tokens: number;
  readonly openScopes: number;
  readonly zombies: number;
}

function count(): LeakCounts {
  const { listeners, tokens } = liveCounts();
  const scopes = [...openScopeReadings()];
  const zombies = scopes.filter(({ zombie }) => zombie).length;
  return { listeners, tokens, openScopes: scopes.length - zombies, zombies };
}

/**
 * Counts now, and gives a check to call at the end.
 *
 * @returns Throws an Error that names what is left, and how much of it; else does nothing.
 *
 * @example
 * const noLeaks = expectNoLeaks();
 * await work();
 * noLeaks();
 */
export function expectNoLeaks(): () => void {
  const before = count();
  return () => {
    const after = count();
    const left = (Object.keys(after) as (keyof LeakCounts)[])
      .filter((what) => after[what] > before[what])
      .map((what) => `${what}: ${before[what]} before, ${after[what]} now`);
    if (left.length > 0) throw new Error(`Left behind: ${left.join('; ')}`);
  };
}

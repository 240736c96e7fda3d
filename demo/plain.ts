/**
 * Plain lines, for a pipe, a file or a terminal that can do no more.
 */
import { render } from './line.ts';
import { lastCauses, vitalSigns } from './report.ts';
import type { Scene, Show } from './show.ts';

const EVERY_MS = 1_000;

/** Prints the facts, and then one line a second, with the last cause. */
export function showPlain(scene: Scene): Show {
  for (const fact of scene.facts) console.log(fact);
  const timer = setInterval(() => {
    const seconds = ((performance.now() - scene.startedAt) / 1e3).toFixed(1).padStart(5);
    const reading = scene.tally.read();
    console.log(`${seconds} s  ${render(vitalSigns(reading, scene.requests()), Infinity, false)}`);
    const byReason = reading.reasons.map(({ reason, cancels }) => `${reason} ${cancels}`);
    if (byReason.length > 0) console.log(`         cancels: ${byReason.join(', ')}`);
    const [last] = lastCauses(1);
    if (last?.[0] !== undefined) console.log(`         last: ${last[0]}`);
  }, EVERY_MS);
  return {
    note: (text) => console.log(`note: ${text}`),
    end: () => clearInterval(timer),
  };
}

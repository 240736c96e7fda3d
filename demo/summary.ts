/**
 * The summary at the end.
 */
import type { Line } from './line.ts';
import { lastCauses, oddities, reasonTable } from './report.ts';
import type { Scene } from './show.ts';

const CAUSES = 3;

/** What a run of `ranMs` came to, in lines. */
export function summary(scene: Scene, ranMs: number, columns: number): Line[] {
  const reading = scene.tally.read();
  const outcomes = Object.entries(reading.outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return [
    ['bold', `summary: ${scene.requests()} requests in ${(ranMs / 1e3).toFixed(1)} s`],
    `${reading.opened} scopes: ${outcomes.join(', ')}`,
    ...oddities(reading),
    '',
    ...reasonTable(reading, columns),
    '',
    ['bold', 'last causes'],
    ...lastCauses(CAUSES).flat(),
  ];
}

/**
 * One frame of the live screen: as many lines as the terminal has rows, none longer than its columns.
 */
import type { Line } from './line.ts';
import { lastCauses, oddities, reasonTable, vitalSigns } from './report.ts';
import { elapsed, type Scene } from './show.ts';

/** What the lower half shows. */
export type Panel = 'causes' | 'spans';

/** The lower half, `rows` high, which changes less often than the rest so that it can be read. */
export function panelLines(panel: Panel, { spans }: Scene, rows: number): Line[] {
  const lines: Line[] = [['bold', panel === 'spans' ? 'last spans of cancelled work' : 'last causes']];
  if (panel === 'spans') return [...lines, ...spans.lines(Math.max(0, rows - 1))];
  for (const [first = '', ...rest] of lastCauses(rows)) {
    if (lines.length > 1 && lines.length + 1 + rest.length > rows) break; // whole ones only
    lines.push(first, ...rest.map((line): Line => ['dim', line]));
  }
  return lines;
}

/** The upper half. */
export function headLines(scene: Scene, columns: number, rows: number): Line[] {
  const reading = scene.tally.read();
  const [title = '', ...facts] = scene.facts;
  const roomy = rows >= 30;
  const space: Line[] = roomy ? [''] : [];
  return [
    [['bold', title], `  ${elapsed(scene)}`],
    ...facts.map((fact): Line => ['dim', fact]),
    ...space,
    vitalSigns(reading, scene.requests()),
    ...(roomy ? oddities(reading) : []),
    ...space,
    ...reasonTable(reading, columns),
    ...space,
  ];
}

/** The last row: keys, and what happened. */
export function footLine(panel: Panel, note: string | undefined): Line {
  const keys = `s ${panel === 'causes' ? 'spans' : 'causes'}   q quit`;
  return note === undefined
    ? ['dim', keys]
    : [
        ['dim', `${keys}   `],
        ['yellow', note],
      ];
}

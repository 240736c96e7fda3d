/**
 * How often each length of time occurred, over time: one column for each time, one cell for each bucket.
 *
 * HM1. Buckets that nothing ever fell in are left out below the first and above the last that has something.
 * HM2. A cell's colour grows with the square root of its count, as the dashboards ask Grafana to.
 */
import { type Area, COLORS, drawing, element, words } from './svg.ts';
import { AXIS_HEIGHT, positionOf, timeAxis, type TimeRange } from './time-axis.ts';

/** What fell in one bucket, at each time. */
export interface Bucket {
  /** Its upper bound. */
  readonly le: number;
  readonly counts: readonly (number | null)[];
}

/** What to draw. */
export interface Heatmap extends TimeRange {
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly buckets: readonly Bucket[];
  readonly text: (value: number) => string;
}

const LEFT = 52;
const DARK = [61, 26, 10];
const BRIGHT = [255, 218, 158];

/** The drawing. */
export function drawHeatmap(area: Area, { times, stepMs, buckets, text, ...range }: Heatmap): string {
  const rows = withoutEmptyEnds(buckets);
  const most = Math.max(0, ...rows.flatMap(({ counts }) => counts.map((count) => count ?? 0)));
  const right = area.width - 4;
  const bottom = area.height - AXIS_HEIGHT;
  const height = bottom / Math.max(rows.length, 1);
  const every = Math.ceil(14 / height);
  const cells = rows.flatMap(({ counts }, row) =>
    counts.flatMap((count, index) => {
      const time = times[index];
      if (count === null || !(count > 0) || time === undefined) return [];
      // Whole pixels: there is a line between two cells otherwise.
      const x = Math.round(Math.max(positionOf(time - stepMs, range, LEFT, right), LEFT));
      const width = Math.round(Math.min(positionOf(time, range, LEFT, right), right)) - x;
      if (width <= 0) return [];
      const fill = colorOf(Math.sqrt(count / most)); // HM2
      return [
        element('rect', {
          x,
          y: bottom - (row + 1) * height,
          width,
          height: Math.max(height - 1, 1),
          fill,
          'shape-rendering': 'crispEdges',
        }),
      ];
    }),
  );
  const names = rows.flatMap(({ le }, row) =>
    row % every === 0
      ? [words(le === Infinity ? '+Inf' : text(le), LEFT - 6, bottom - (row + 0.5) * height + 4, { anchor: 'end' })]
      : [],
  );
  const frame = element('line', { x1: LEFT, x2: right, y1: bottom, y2: bottom, stroke: COLORS.line });
  return drawing(area, [...timeAxis(range, LEFT, right, 0, bottom), ...cells, ...names, frame]);
}

function withoutEmptyEnds(buckets: readonly Bucket[]): readonly Bucket[] {
  const hasAny = ({ counts }: Bucket): boolean => counts.some((count) => count !== null && count > 0);
  return buckets.slice(Math.max(buckets.findIndex(hasAny), 0), buckets.findLastIndex(hasAny) + 1); // HM1
}

function colorOf(share: number): string {
  const mixed = DARK.map((dark, index) => Math.round(dark + ((BRIGHT[index] ?? 0) - dark) * share));
  return `rgb(${mixed.join(',')})`;
}

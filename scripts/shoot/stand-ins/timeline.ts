/**
 * States over time: a bar for each series, whose colour is the state.
 *
 * TL1. Points that follow each other with one colour are one rectangle.
 * TL2. A series is drawn only where it has points: a gap of more than two steps stays empty.
 */
import { type Area, COLORS, drawing, element, fitting, words } from './svg.ts';
import { AXIS_HEIGHT, positionOf, timeAxis, type TimeRange } from './time-axis.ts';

/** A series, with the colour of each of its points. */
export interface TimelineRow {
  readonly name: string;
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly colors: readonly string[];
}

/** What to draw. */
export interface Timeline extends TimeRange {
  readonly rows: readonly TimelineRow[];
  /** What colours mean, from the lowest state up. */
  readonly legend: readonly { readonly color: string; readonly text: string }[];
}

const LEFT = 150;
const LEGEND_HEIGHT = 22;

/** The drawing. */
export function drawTimeline(area: Area, { rows, legend, ...range }: Timeline): string {
  const right = area.width - 4;
  const bottom = area.height - AXIS_HEIGHT - LEGEND_HEIGHT;
  const height = bottom / Math.max(rows.length, 1);
  const bars = rows.flatMap((row, index) => {
    const y = index * height;
    const name = words(fitting(row.name, LEFT - 12), LEFT - 8, y + height / 2 + 4, { anchor: 'end' });
    return [
      name,
      ...stretchesOf(row).map(({ from, to, color }) => {
        const x = Math.max(positionOf(from, range, LEFT, right), LEFT);
        const width = Math.min(positionOf(to, range, LEFT, right), right) - x;
        const size = { x, y: y + height * 0.05, width: Math.max(width, 0), height: height * 0.9 };
        return element('rect', { ...size, fill: color, 'fill-opacity': '0.7' });
      }),
    ];
  });
  const marks = legend.flatMap(({ color, text }, index) => {
    const x = LEFT + index * 80;
    const y = area.height - 12;
    return [element('rect', { x, y, width: 12, height: 4, fill: color }), words(text, x + 18, y + 6)];
  });
  const frame = element('line', { x1: LEFT, x2: right, y1: bottom, y2: bottom, stroke: COLORS.line });
  return drawing(area, [...timeAxis(range, LEFT, right, 0, bottom), ...bars, frame, ...marks]);
}

interface Stretch {
  readonly from: number;
  to: number;
  readonly color: string;
}

function stretchesOf({ times, stepMs, colors }: TimelineRow): Stretch[] {
  const found: Stretch[] = [];
  times.forEach((time, index) => {
    const color = colors[index] ?? '';
    const last = found.at(-1);
    const follows = last !== undefined && time - last.to <= stepMs; // TL2
    if (follows) last.to = time; // up to here at least
    if (follows && last.color === color) last.to = time + stepMs; // TL1
    else found.push({ from: time, to: time + stepMs, color });
  });
  return found;
}

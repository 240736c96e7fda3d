/** The axis of time under a drawing: four to eight marks on round seconds or minutes, in UTC. */
import { COLORS, element, words } from './svg.ts';

/** A stretch of time, in milliseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** How much of a drawing the axis takes at the bottom. */
export const AXIS_HEIGHT = 20;

/** Half of a time is about so wide, less what a drawing leaves to its right. */
const HALF_TEXT = 20;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

/** Where a time is between `left` and `right`. */
export function positionOf(time: number, { from, to }: TimeRange, left: number, right: number): number {
  return left + ((time - from) / (to - from)) * (right - left);
}

/** The marks, with their times, and a faint line up from each. */
export function timeAxis(range: TimeRange, left: number, right: number, top: number, bottom: number): string[] {
  const seconds = (range.to - range.from) / 1_000;
  const step = (STEPS_S.find((each) => seconds / each <= 8) ?? 86_400) * 1_000;
  const first = Math.ceil(range.from / step) * step;
  return Array.from({ length: Math.floor((range.to - first) / step) + 1 }, (_, index) => first + index * step).flatMap(
    (time) => {
      const x = positionOf(time, range, left, right);
      const text = new Date(time).toISOString().slice(11, step < 60_000 ? 19 : 16);
      return [
        element('line', { x1: x, x2: x, y1: top, y2: bottom, stroke: COLORS.line, 'stroke-width': 0.5 }),
        ...(right - x < HALF_TEXT ? [] : [words(text, x, bottom + 14, { anchor: 'middle' })]), // it would be cut off
      ];
    },
  );
}

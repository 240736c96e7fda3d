/**
 * A picture's colours, brought down to 256: the space of colours is cut into boxes, each of which becomes one colour.
 *
 * PA1. Colours that are closer than a reader can tell are one from the start: that makes a dark page's few thousand.
 * PA2. The longest box is cut first, across its longest side, in the middle: what few points have stays different too. That
 *      many points are in a box counts little.
 */
import type { Bitmap } from './bitmap.ts';

/** A picture whose points are places in a list of colours. */
export interface Paletted {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of each colour, 256 at most. */
  readonly colors: readonly (readonly [number, number, number])[];
  readonly points: Uint8Array;
}

type Color = readonly [number, number, number];

interface Counted {
  readonly color: Color;
  readonly key: number;
  readonly count: number;
}

const MOST = 256;
/** The lowest bits of a channel are left out. */
const MASK = 0xfc;

/** The same picture with few colours. */
export function paletted({ width, height, data }: Bitmap): Paletted {
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 3) {
    const key = keyAt(data, at);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const boxes = boxesOf([...counts].map(([key, count]) => ({ key, count, color: colorOf(key) })));
  const places = new Map(boxes.flatMap((box, place) => box.map(({ key }) => [key, place])));
  const points = new Uint8Array(width * height);
  for (let point = 0; point < points.length; point++) points[point] = places.get(keyAt(data, point * 3)) ?? 0;
  return { width, height, colors: boxes.map(meanOf), points };
}

function boxesOf(all: readonly Counted[]): (readonly Counted[])[] {
  const boxes = [all];
  while (boxes.length < MOST) {
    const spreads = boxes.map(spreadOf);
    const widest = spreads.indexOf(Math.max(...spreads)); // PA2
    const box = boxes[widest] ?? [];
    if (box.length < 2) break;
    boxes.splice(widest, 1, ...halvesOf(box));
  }
  return boxes;
}

function halvesOf(box: readonly Counted[]): [readonly Counted[], readonly Counted[]] {
  const sides = sidesOf(box);
  const channel = sides.indexOf(Math.max(...sides)) as 0 | 1 | 2;
  const values = box.map(({ color }) => color[channel]);
  const middle = (Math.min(...values) + Math.max(...values)) / 2;
  return [box.filter(({ color }) => color[channel] <= middle), box.filter(({ color }) => color[channel] > middle)];
}

function spreadOf(box: readonly Counted[]): number {
  if (box.length < 2) return 0;
  return Math.max(...sidesOf(box)) * box.reduce((sum, { count }) => sum + count, 0) ** 0.1;
}

function sidesOf(box: readonly Counted[]): number[] {
  return ([0, 1, 2] as const).map((channel) => {
    let [low, high] = [255, 0];
    for (const { color } of box) {
      low = Math.min(low, color[channel]);
      high = Math.max(high, color[channel]);
    }
    return high - low;
  });
}

function meanOf(box: readonly Counted[]): Color {
  const total = box.reduce((sum, { count }) => sum + count, 0);
  const mean = (channel: 0 | 1 | 2): number =>
    Math.round(box.reduce((sum, { color, count }) => sum + color[channel] * count, 0) / total);
  return [mean(0), mean(1), mean(2)];
}

function keyAt(data: Uint8Array, at: number): number {
  const channel = (offset: number): number => (data[at + offset] ?? 0) & MASK; // PA1
  return (channel(0) << 16) | (channel(1) << 8) | channel(2);
}

function colorOf(key: number): Color {
  return [key >> 16, (key >> 8) & 0xff, key & 0xff];
}

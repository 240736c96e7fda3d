import { describe, expect, test } from 'vitest';
import { drawGraph, type Edge, placesOf } from '../../scripts/shoot/stand-ins/graph.ts';
import { drawHeatmap } from '../../scripts/shoot/stand-ins/heatmap.ts';
import { drawTimeline } from '../../scripts/shoot/stand-ins/timeline.ts';

const AREA = { width: 600, height: 300 };
const RANGE = { from: 0, to: 60_000 };

describe('a graph', () => {
  test('stands a node to the right of all that lead to it (GR1)', () => {
    const places = placesOf(AREA, [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')]);

    const xOf = (name: string): number => places.get(name)?.x ?? NaN;
    expect(xOf('a')).toBeLessThan(xOf('b'));
    expect(xOf('b')).toBeLessThan(xOf('c'));
  });

  test.each([
    [[edge('a', 'a')]],
    [[edge('a', 'b'), edge('b', 'a')]],
    [[edge('a', 'b'), edge('b', 'c'), edge('c', 'b')]],
  ])('has a place inside the drawing for every node of a circle: %j (GR1)', (edges) => {
    const places = [...placesOf(AREA, edges).values()];

    expect(places).toHaveLength(new Set(edges.flatMap(({ source, target }) => [source, target])).size);
    for (const { x, y } of places) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(AREA.width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(AREA.height);
    }
  });

  test('does not move a node for an edge to itself (GR1)', () => {
    const places = placesOf(AREA, [edge('a', 'a'), edge('a', 'b'), edge('c', 'd')]);

    expect(places.get('a')?.x).toBe(places.get('c')?.x);
  });

  test('orders nodes as those that lead to them are (GR2)', () => {
    const places = placesOf(AREA, [edge('a', 'z'), edge('b', 'y'), edge('c', 'x')]);

    const rows = ['z', 'y', 'x'].map((name) => places.get(name)?.y ?? NaN);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
  });

  test('says both numbers of an edge, and escapes names', () => {
    const svg = drawGraph(AREA, [edge('a<b', 'c')]);

    expect(svg).toContain('>1 ops/s · 0%<');
    expect(svg).toContain('>a&lt;b<');
    expect(svg).not.toContain('a<b');
  });
});

describe('a heatmap', () => {
  const draw = (counts: readonly (readonly (number | null)[])[]): string =>
    drawHeatmap(AREA, {
      ...RANGE,
      times: [20_000, 40_000],
      stepMs: 20_000,
      buckets: counts.map((each, index) => ({ le: index + 1, counts: each })),
      text: (value) => `${value} s`,
    });

  test('has a cell for what fell in a bucket, and none for 0 or nothing', () => {
    expect(
      draw([
        [1, 0],
        [null, 4],
      ]).match(/<rect /g),
    ).toHaveLength(2);
  });

  test('leaves out buckets at both ends that never had anything, and no other (HM1)', () => {
    const svg = draw([
      [0, 0],
      [1, 0],
      [0, 0],
      [0, 4],
      [null, 0],
    ]);

    expect(Array.from(svg.matchAll(/>(\d) s</g), ([, le]) => le)).toEqual(['2', '3', '4']);
  });

  test('is brighter the more there is (HM2)', () => {
    const [few, most] = Array.from(draw([[1, 16]]).matchAll(/rgb\((\d+),/g), ([, red]) => Number(red));

    expect(few).toBe(61 + Math.round((255 - 61) * 0.25));
    expect(most).toBe(255);
  });

  test('is drawn while there is nothing at all', () => {
    expect(draw([[0, 0]])).not.toContain('NaN');
  });
});

describe('a timeline', () => {
  const draw = (times: readonly number[], colors: readonly string[]): string[] =>
    drawTimeline(AREA, { ...RANGE, rows: [{ name: 'load', times, stepMs: 10_000, colors }], legend: [] }).match(
      /<rect [^>]*>/g,
    ) ?? [];

  test('draws points of one colour that follow each other as one bar (TL1)', () => {
    const bars = draw([0, 10_000, 20_000, 30_000], ['green', 'green', 'red', 'green']);

    expect(bars.map((bar) => /fill="(\w+)"/.exec(bar)?.[1])).toEqual(['green', 'red', 'green']);
  });

  test('leaves a gap where there are no points (TL2)', () => {
    expect(draw([0, 10_000, 40_000, 50_000], ['green', 'green', 'green', 'green'])).toHaveLength(2);
  });
});

function edge(source: string, target: string): Edge {
  return { source, target, weight: 1, main: '1 ops/s', secondary: '0%' };
}

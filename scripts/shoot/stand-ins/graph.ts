/**
 * Nodes and edges: from left to right, a node stands behind everything that leads to it.
 *
 * GR1. Nodes are the ends of edges. Edges that lead in a circle do not move a node for ever.
 * GR2. In a column nodes stand in the order of their neighbours to the left, so that fewer edges cross.
 */
import { type Area, COLORS, drawing, element, fitting, words } from './svg.ts';

/** An edge and what it says. */
export interface Edge {
  readonly source: string;
  readonly target: string;
  /** How thick it is, in relation to the others. */
  readonly weight: number;
  readonly main: string;
  readonly secondary: string;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

const RADIUS = 13;
const BORDER = 60;

/** The drawing. */
export function drawGraph(area: Area, edges: readonly Edge[]): string {
  const places = placesOf(area, edges);
  const heaviest = Math.max(...edges.map(({ weight }) => weight), 0);
  const arrows = edges.flatMap((edge) => arrowOf(edge, places, heaviest));
  const nodes = [...places].flatMap(([name, { x, y }]) => [
    element('circle', { cx: x, cy: y, r: RADIUS, fill: COLORS.background, stroke: '#5794f2', 'stroke-width': 2 }),
    words(fitting(name, 130), x, y + RADIUS + 13, { anchor: 'middle' }),
  ]);
  return drawing(area, [...arrows, ...nodes]);
}

/** Where each node stands. */
export function placesOf({ width, height }: Area, edges: readonly Edge[]): Map<string, Place> {
  const columns = columnsOf(edges);
  const step = columns.length > 1 ? (width - 2 * BORDER) / (columns.length - 1) : 0;
  const placed = new Map<string, Place>();
  columns.forEach((column, index) => {
    const leftOf = (name: string): number => {
      const ys = edges.flatMap(({ source, target }) => (target === name ? (placed.get(source)?.y ?? []) : []));
      return ys.length === 0 ? height / 2 : ys.reduce((sum, y) => sum + y, 0) / ys.length;
    };
    const ordered = index === 0 ? column : column.toSorted((a, b) => leftOf(a) - leftOf(b)); // GR2
    ordered.forEach((name, row) => {
      placed.set(name, { x: BORDER + index * step, y: ((row + 0.5) / ordered.length) * (height - 24) + 4 });
    });
  });
  return placed;
}

function columnsOf(edges: readonly Edge[]): string[][] {
  const depths = new Map(edges.flatMap(({ source, target }) => [source, target]).map((name) => [name, 0]));
  for (let round = 0; round < depths.size; round++) {
    // No more rounds than there are nodes: a circle would go on (GR1).
    for (const { source, target } of edges) {
      const depth = (depths.get(source) ?? 0) + 1;
      if (source !== target) depths.set(target, Math.max(depths.get(target) ?? 0, depth));
    }
  }
  const used = [...new Set(depths.values())].toSorted((a, b) => a - b);
  return used.map((depth) => [...depths].flatMap(([name, own]) => (own === depth ? [name] : [])));
}

function arrowOf(
  { source, target, weight, main, secondary }: Edge,
  places: Map<string, Place>,
  most: number,
): string[] {
  const from = places.get(source);
  const to = places.get(target);
  if (from === undefined || to === undefined) return [];
  const [x1, y1, x2, y2] = [from.x + RADIUS, from.y, to.x - RADIUS - 6, to.y];
  const bend = Math.max(Math.abs(x2 - x1) / 2, 30);
  const d = `M${x1.toFixed(1)},${y1.toFixed(1)} C${(x1 + bend).toFixed(1)},${y1.toFixed(1)} ${(x2 - bend).toFixed(1)},${y2.toFixed(1)} ${x2.toFixed(1)},${y2.toFixed(1)}`;
  const thick = 1 + 3 * Math.sqrt(most > 0 ? weight / most : 0);
  const head = `M${x2},${y2 - 4} L${x2 + 7},${y2} L${x2},${y2 + 4} Z`;
  const [middleX, middleY] = [(x1 + x2) / 2, (y1 + y2) / 2]; // where the curve is, whatever its bend
  return [
    element('path', { d, fill: 'none', stroke: COLORS.faint, 'stroke-width': thick, 'stroke-opacity': '0.7' }),
    element('path', { d: head, fill: COLORS.faint }),
    words(`${main} · ${secondary}`, middleX, middleY + 4, { anchor: 'middle', halo: true }),
  ];
}

/** SVG as text: elements, escaped, and the colours all drawings share. */

/** Where to draw. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/** Colours of Grafana's dark theme. */
export const COLORS = { text: '#ccccdc', faint: '#8e8e99', line: '#3a3c42', background: '#18181b' } as const;

/** Of words, in pixels. */
const SIZE = 11;

/** An element. `text` is escaped, `children` are not. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
  text = '',
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(rounded(value))}"`);
  return `<${name}${written.join('')}>${escaped(text)}${children.join('')}</${name}>`;
}

/** Words at a place: `anchor` is the end of them that is there, `halo` keeps what is behind them away. */
export function words(
  text: string,
  x: number,
  y: number,
  { anchor = 'start', halo = false }: { anchor?: 'start' | 'middle' | 'end'; halo?: boolean } = {},
): string {
  const around = halo ? { stroke: COLORS.background, 'stroke-width': 5, 'paint-order': 'stroke' } : {};
  return element('text', { x, y, 'text-anchor': anchor, 'font-size': SIZE, fill: COLORS.text, ...around }, [], text);
}

/** The whole drawing. */
export function drawing({ width, height }: Area, children: readonly string[]): string {
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height }, children);
}

/** Text that fits in so many pixels, roughly. */
export function fitting(text: string, width: number): string {
  const room = Math.max(Math.floor(width / (SIZE * 0.55)), 1);
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

function rounded(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 10) / 10) : value;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

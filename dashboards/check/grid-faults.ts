/** A dashboard's grid, 24 units wide, checked cell by cell. */
import type { Panel } from './dashboard-json.ts';

const WIDTH = 24;

/** What is wrong with a grid: cells covered twice, cells outside, and cells left free between the first and last line. */
export function faultsOfGrid(panels: readonly Panel[]): string[] {
  const faults = new Set<string>();
  const covered = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    if (gridPos.x + gridPos.w > WIDTH) faults.add(`${title} stands out of the grid`);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        const other = covered.get(`${x},${y}`);
        if (other !== undefined) faults.add(`${title} covers ${other}`);
        covered.set(`${x},${y}`, title);
      }
    }
  }
  const top = Math.min(...panels.map(({ gridPos }) => gridPos.y));
  const bottom = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  if (panels.length > 0 && covered.size < (bottom - top) * WIDTH) faults.add('there are holes');
  return [...faults];
}

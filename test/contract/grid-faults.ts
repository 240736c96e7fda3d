/** A dashboard's grid, 24 units wide, checked cell by cell. */
import type { Panel } from './dashboard-file.ts';

/** What is wrong with a grid: cells covered twice, cells outside, and cells left free between the first and last line. */
export function faultsOfGrid(panels: readonly Panel[]): string[] {
  const faults: string[] = [];
  const covered = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    if (gridPos.x + gridPos.w > 24) faults.push(`${title} stands out of the grid`);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        const other = covered.get(`${x},${y}`);
        if (other !== undefined) faults.push(`${title} covers ${other}`);
        covered.set(`${x},${y}`, title);
      }
    }
  }
  const top = Math.min(...panels.map(({ gridPos }) => gridPos.y));
  const bottom = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  if (panels.length > 0 && covered.size !== (bottom - top) * 24) faults.push('there are holes');
  return faults;
}

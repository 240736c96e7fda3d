/**
 * The plan of a picture: what of a dashboard is drawn, and where.
 *
 * SP1. Opening folded rows moves what is below them down by what they hold.
 */
import type { DashboardFile, Panel } from '../../dashboards/check/dashboard-json.ts';

/** A row's title, whether it is folded, and what is in it; undefined for what is above the first row. */
export interface PlannedRow {
  readonly title: string | undefined;
  readonly folded: boolean;
  readonly y: number;
  readonly panels: readonly Panel[];
}

/** A dashboard's rows, from top to bottom. */
export interface Plan {
  readonly rows: readonly PlannedRow[];
  /** In grid units. */
  readonly height: number;
}

/** How many panels the dashboard has that can be seen in the picture. */
export function shownPanels({ rows }: Plan): Panel[] {
  return rows.flatMap(({ folded, panels }) => (folded ? [] : panels));
}

/** Plans the dashboard as it opens, or with all its rows unfolded. */
export function planOf({ panels }: Pick<DashboardFile, 'panels'>, unfold: boolean): Plan {
  const rows: { title: string | undefined; folded: boolean; y: number; panels: Panel[] }[] = [];
  let moved = 0;
  let height = 0;
  for (const panel of panels) {
    const y = panel.gridPos.y + moved;
    if (panel.type !== 'row') {
      if (rows.length === 0) rows.push({ title: undefined, folded: false, y, panels: [] });
      rows.at(-1)?.panels.push(at(panel, y));
      height = Math.max(height, y + panel.gridPos.h);
      continue;
    }
    const folded = panel.collapsed === true;
    const inside = panel.panels ?? [];
    rows.push({
      title: panel.title,
      folded: folded && !unfold,
      y,
      panels: inside.map((each) => at(each, each.gridPos.y + moved)),
    });
    const depth = Math.max(0, ...inside.map(({ gridPos }) => gridPos.y + gridPos.h - panel.gridPos.y - 1));
    if (folded && unfold) moved += depth; // SP1
    height = Math.max(height, y + 1 + (folded && unfold ? depth : 0));
  }
  return { rows, height };
}

function at(panel: Panel, y: number): Panel {
  return { ...panel, gridPos: { ...panel.gridPos, y } };
}

/**
 * Layout: where panels stand.
 *
 * L1. A band's panels have one height and share the whole width, so the grid has neither holes nor overlaps.
 * L2. Every id is unique, rows included: the builders give each row 0.
 * L3. What is inside a folded row takes no room until it is opened.
 */
import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from './describe.ts';

const GRID_WIDTH = 24;

/** Panels side by side. */
export interface Band {
  /** In grid units. */
  readonly height: number;
  readonly panels: readonly PanelBuilder[];
}

/** A titled part of a dashboard. */
export interface Section {
  readonly title: string;
  /** Whether it starts folded; default false. */
  readonly folded?: boolean;
  readonly bands: readonly Band[];
}

/** Adds the sections to the dashboard, from top to bottom. */
export function placeSections(dashboard: DashboardBuilder, sections: readonly Section[]): void {
  let id = 0;
  let y = 0;
  for (const section of sections) {
    const folded = section.folded === true;
    const row = new RowBuilder(section.title)
      .id(++id) // L2
      .collapsed(folded)
      .gridPos({ x: 0, y, w: GRID_WIDTH, h: 1 });
    if (!folded) dashboard.withRow(row);
    let below = y + 1;
    for (const { height, panels } of section.bands) {
      const width = GRID_WIDTH / panels.length; // L1
      for (const [index, panel] of panels.entries()) {
        panel.id(++id).gridPos({ x: index * width, y: below, w: width, h: height });
        if (folded) row.withPanel(panel);
        else dashboard.withPanel(panel);
      }
      below += height;
    }
    if (folded) dashboard.withRow(row);
    y = folded ? y + 1 : below; // L3
  }
}

import { describe, expect, test } from 'vitest';
import type { Panel } from '../../dashboards/check/dashboard-json.ts';
import { planOf, shownPanels } from '../../scripts/shoot/plan.ts';

const DASHBOARD = {
  panels: [
    row(1, 0),
    panel(2, 1),
    row(3, 9, { panels: [panel(4, 10), panel(5, 18)] }),
    row(6, 10, { panels: [panel(7, 11)] }),
    row(8, 11),
    panel(9, 12),
  ],
};

describe('the plan of a picture', () => {
  test('leaves what is in folded rows out', () => {
    const plan = planOf(DASHBOARD, false);

    expect(shownPanels(plan).map(({ id }) => id)).toEqual([2, 9]);
    expect(plan.rows.map(({ folded }) => folded)).toEqual([false, true, true, false]);
    expect(plan.height).toBe(20);
  });

  test('moves down what is below a row that is unfolded, by what the row holds (SP1)', () => {
    const plan = planOf(DASHBOARD, true);

    expect(plan.rows.map(({ y }) => y)).toEqual([0, 9, 26, 35]);
    expect(shownPanels(plan).map(({ id, gridPos }) => [id, gridPos.y])).toEqual([
      [2, 1],
      [4, 10],
      [5, 18],
      [7, 27],
      [9, 36],
    ]);
    expect(plan.height).toBe(44);
  });

  test('has a place for panels above the first row', () => {
    const plan = planOf({ panels: [panel(1, 0), row(2, 8)] }, false);

    expect(plan.rows.map(({ title }) => title)).toEqual([undefined, 'row 2']);
    expect(shownPanels(plan)).toHaveLength(1);
  });
});

function panel(id: number, y: number): Panel {
  return { id, type: 'stat', title: `panel ${id}`, gridPos: { x: 0, y, w: 24, h: 8 } };
}

function row(id: number, y: number, folded: { panels?: Panel[] } = {}): Panel {
  const { panels = [] } = folded;
  return {
    id,
    type: 'row',
    title: `row ${id}`,
    collapsed: panels.length > 0,
    gridPos: { x: 0, y, w: 24, h: 1 },
    panels,
  };
}

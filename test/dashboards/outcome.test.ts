import { describe, expect, test } from 'vitest';
import type { Panel } from '../../dashboards/check/dashboard-json.ts';
import { type DrawnPanel, outcomeOf } from '../../scripts/shoot/outcome.ts';

const FINE: DrawnPanel = { standIn: false, state: 'Done', answered: 8, values: 8 };

describe('what came of a dashboard', () => {
  test('is one line, and no fault where every panel has something', () => {
    const outcome = outcomeOf('flow', [panel(1), panel(2)], { 1: FINE, 2: { ...FINE, standIn: true } });

    expect(outcome).toEqual({ line: 'flow: 2 of 2 panels drawn, 1 stand-ins, 0 empty, 0 errors', faults: [] });
  });

  test('names a panel whose queries found nothing, and does not fail for it (OC1)', () => {
    const outcome = outcomeOf('flow', [panel(1)], { 1: { ...FINE, answered: 0, values: 0 } });

    expect(outcome).toEqual({
      line: 'flow: 1 of 1 panels drawn, 0 stand-ins, 1 (panel 1) empty, 0 errors',
      faults: [],
    });
  });

  test.each([
    [
      'has nothing left of its answer',
      { ...FINE, values: 0 },
      '"panel 1" is empty, although its queries gave 8 values',
    ],
    ['has an error', { ...FINE, error: 'bad_data' }, '"panel 1" failed: bad_data'],
    ['is still waiting', { ...FINE, state: 'Loading' }, '"panel 1" failed: Loading'],
    ['was never drawn', undefined, '"panel 1" was not drawn'],
  ])('fails where a panel %s (OC1)', (_, drawn, fault) => {
    const { faults } = outcomeOf('flow', [panel(1)], drawn === undefined ? {} : { 1: drawn });

    expect(faults).toEqual([fault]);
  });
});

function panel(id: number): Panel {
  return { id, type: 'stat', title: `panel ${id}`, gridPos: { x: 0, y: 0, w: 24, h: 8 } };
}

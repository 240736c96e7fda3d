/**
 * Tables: one row for each set of labels, and one column for each query.
 *
 * TB1. The queries come back as one frame each, with the time and a column `Value #A`; a single one with `Value`. Time is
 *      dropped first: rows whose times differ would not be merged.
 */
import * as common from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import * as tables from '@grafana/grafana-foundation-sdk/table';
import { columnSteps, describe, type Shown, target } from './describe.ts';
import { toScopeOfCell } from './links.ts';
import type { Query } from './query.ts';
import type { Limits } from './thresholds.ts';

/** So wide a column is at least, in pixels: of numbers, so that one for each reason fits, and of names. */
const NARROW = 90;
const WIDE = 130;

/** A column of numbers. */
export interface Column {
  readonly title: string;
  readonly unit: string;
  readonly query: Query;
  readonly limits?: Limits;
}

/** A table of labels and numbers. */
export function table(
  shown: Omit<Shown, 'unit' | 'limits'> & {
    /** Labels, in order; what names a scope leads to its dashboard. */
    readonly labels: readonly string[];
    readonly scopes: readonly string[];
    readonly columns: readonly Column[];
  },
): tables.PanelBuilder {
  const { labels, scopes, columns } = shown;
  const names = columns.map((_, index) => (columns.length === 1 ? 'Value' : `Value #${letter(index)}`)); // TB1
  const order = Object.fromEntries([...labels, ...names].map((name, index) => [name, index]));
  const panel = new tables.PanelBuilder()
    .showHeader(true)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(String(columns[0]?.title)).desc(true)])
    .transformations([
      { id: 'organize', options: { excludeByName: { Time: true }, indexByName: {}, renameByName: {} } }, // TB1
      { id: 'merge', options: {} },
      { id: 'organize', options: { excludeByName: {}, indexByName: order, renameByName: {} } },
    ]);
  panel.minWidth(NARROW);
  for (const name of labels) panel.overrideByName(name, [{ id: 'custom.minWidth', value: WIDE }]);
  for (const name of scopes) panel.overrideByName(name, [{ id: 'links', value: [toScopeOfCell()] }]);
  columns.forEach((column, index) => {
    panel.withTarget(target(column.query, index, 'table'));
    panel.overrideByName(String(names[index]), propertiesOf(column));
  });
  return describe(panel, shown);
}

/** A table of one number for each pair of two labels. */
export function matrix(
  shown: Omit<Shown, 'limits'> & { readonly rows: string; readonly columns: string; readonly query: Query },
): tables.PanelBuilder {
  const panel = new tables.PanelBuilder()
    .showHeader(true)
    .min(0)
    .minWidth(NARROW)
    .cellOptions({
      type: common.TableCellDisplayMode.ColorBackground,
      mode: common.TableCellBackgroundDisplayMode.Basic,
    })
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousBlues))
    .transformations([
      {
        id: 'groupingToMatrix',
        options: { columnField: shown.columns, rowField: shown.rows, valueField: 'Value', emptyValue: 'null' },
      },
    ])
    .overrideByName(`${shown.rows}\\${shown.columns}`, [
      { id: 'links', value: [toScopeOfCell()] },
      { id: 'custom.cellOptions', value: { type: common.TableCellDisplayMode.Auto } },
    ])
    .withTarget(target(shown.query, 0, 'table'));
  return describe(panel, shown);
}

function propertiesOf({ title, unit, limits }: Column): { id: string; value: unknown }[] {
  const colour =
    limits === undefined
      ? []
      : [
          { id: 'thresholds', value: columnSteps(limits) },
          { id: 'color', value: { mode: FieldColorModeId.Thresholds } },
          { id: 'custom.cellOptions', value: { type: common.TableCellDisplayMode.ColorText } },
        ];
  return [{ id: 'displayName', value: title }, { id: 'unit', value: unit }, ...colour];
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** What panels of every kind have: a title, an explanation, a unit, limits, the data source and targets. */
import type * as common from '@grafana/grafana-foundation-sdk/common';
import { type Panel, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Query } from './query.ts';
import type { Limits } from './thresholds.ts';
import { DATASOURCE } from './variables.ts';

/** What every panel says of itself. */
export interface Shown {
  readonly title: string;
  /** What it shows, and what to do about it when it looks wrong. */
  readonly description: string;
  readonly unit: string;
  /** From when it looks wrong. What is bad below a limit has a second that is less than the first. */
  readonly limits?: Limits;
}

/** A panel that has no place yet: what layout needs of every kind. */
export interface PanelBuilder {
  build(): Panel;
  id(id: number): this;
  gridPos(place: { x: number; y: number; w: number; h: number }): this;
}

interface Describable extends PanelBuilder {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  datasource(datasource: common.DataSourceRef): this;
}

/** Gives a panel what it says of itself. A table has a unit for each column instead. */
export function describe<P extends Describable>(panel: P, shown: Omit<Shown, 'unit'> & { readonly unit?: string }): P {
  panel.title(shown.title).description(shown.description).datasource(DATASOURCE);
  if (shown.unit !== undefined) panel.unit(shown.unit);
  return panel;
}

/** A query over the time shown, one at its end, or such a one as a table. */
export function target(query: Query, index: number, kind: 'range' | 'instant' | 'table'): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(String.fromCharCode(65 + index))
    .expr(query.expr)
    .legendFormat(query.legend);
  if (kind === 'range') builder.range();
  else builder.instant();
  if (kind === 'table') builder.format(PromQueryFormat.Table);
  if (kind === 'range' && query.exemplars === true) builder.exemplar(true);
  return builder;
}

/** The colours of limits. */
export function steps(limits: Limits | undefined): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(limits));
}

function stepsOf(limits: Limits | undefined): { value: number | null; color: string }[] {
  if (limits === undefined) return [{ value: null, color: 'blue' }];
  const { warn, bad } = limits;
  if (bad < warn) {
    return [
      { value: null, color: 'red' },
      { value: bad, color: 'orange' },
      { value: warn, color: 'green' },
    ];
  }
  const wrong = [
    { value: warn, color: 'orange' },
    { value: bad, color: 'red' },
  ];
  return [{ value: null, color: 'green' }, ...(bad === warn ? wrong.slice(1) : wrong)];
}

/** The limits of one table column. */
export function columnSteps(limits: Limits): { mode: string; steps: { value: number | null; color: string }[] } {
  return { mode: ThresholdsMode.Absolute, steps: stepsOf(limits) };
}

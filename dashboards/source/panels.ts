/** Panels: the three kinds the dashboards use, with everything they have in common decided once. */
import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as series from '@grafana/grafana-foundation-sdk/timeseries';
import type { Query } from './query.ts';
import type { Limits } from './thresholds.ts';
import { DATASOURCE } from './variables.ts';

/** A panel that has no place yet. */
export type PanelBuilder = stats.PanelBuilder | series.PanelBuilder | heatmaps.PanelBuilder;

/** What every panel says of itself. */
interface Shown {
  readonly title: string;
  /** What it shows, and what to do about it when it looks wrong. */
  readonly description: string;
  readonly unit: string;
  readonly limits?: Limits;
}

/** One number, with its recent past behind it. */
export function stat(shown: Shown & { readonly query: Query; readonly noValue?: string }): PanelBuilder {
  const panel = new stats.PanelBuilder()
    .graphMode(common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(steps(shown.limits))
    .min(0)
    .withTarget(target(shown.query, 0));
  if (shown.noValue !== undefined) panel.noValue(shown.noValue);
  return describe(panel, shown);
}

/** Lines over time. */
export function lines(shown: Shown & { readonly queries: readonly Query[] }): PanelBuilder {
  const panel = graph(shown.queries).fillOpacity(8);
  if (shown.limits !== undefined) {
    panel
      .thresholds(steps(shown.limits))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  }
  return describe(panel, shown);
}

/** Areas over time that add up. */
export function stack(shown: Omit<Shown, 'limits'> & { readonly query: Query }): PanelBuilder {
  const panel = graph([shown.query])
    .fillOpacity(60)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  return describe(panel, shown);
}

/** How often each length of time occurred, over time. */
export function heatmap(shown: Omit<Shown, 'limits'> & { readonly query: Query }): PanelBuilder {
  const panel = new heatmaps.PanelBuilder()
    .calculate(false)
    .rowsFrame(new heatmaps.RowsHeatmapOptionsBuilder().layout(common.HeatmapCellLayout.Auto))
    .yAxis(new heatmaps.YAxisConfigBuilder().unit(shown.unit).axisPlacement(common.AxisPlacement.Left))
    .cellValues(new heatmaps.CellValuesBuilder().unit('short').decimals(0))
    .color(
      new heatmaps.HeatmapColorOptionsBuilder()
        .mode(heatmaps.HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .scale(heatmaps.HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .filterValues(new heatmaps.FilterValueRangeBuilder().le(1e-9))
    .tooltip(new heatmaps.HeatmapTooltipBuilder().mode(common.TooltipDisplayMode.Single).yHistogram(true))
    .exemplarsColor('rgba(255,0,255,0.7)')
    .withTarget(target(shown.query, 0).format(PromQueryFormat.Heatmap));
  return describe(panel, shown);
}

function graph(queries: readonly Query[]): series.PanelBuilder {
  const panel = new series.PanelBuilder()
    .lineWidth(1)
    .min(0)
    .showPoints(common.VisibilityMode.Never)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    );
  queries.forEach((query, index) => panel.withTarget(target(query, index)));
  return panel;
}

function describe<P extends PanelBuilder>(panel: P, shown: Shown): P {
  panel.title(shown.title).description(shown.description).unit(shown.unit).datasource(DATASOURCE);
  return panel;
}

function target(query: Query, index: number): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(String.fromCharCode(65 + index))
    .expr(query.expr)
    .legendFormat(query.legend)
    .range();
  if (query.exemplars === true) builder.exemplar(true);
  return builder;
}

function steps(limits: Limits | undefined): ThresholdsConfigBuilder {
  const base = { value: null, color: limits === undefined ? 'blue' : 'green' };
  const rest =
    limits === undefined
      ? []
      : [
          { value: limits.warn, color: 'orange' },
          { value: limits.bad, color: 'red' },
        ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([base, ...rest]);
}

/** Panels of numbers over time, with everything they have in common decided once. */
import * as common from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as series from '@grafana/grafana-foundation-sdk/timeseries';
import * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import { describe, type Shown, steps, target } from './describe.ts';
import { toScopeOfSeries } from './links.ts';
import type { Query } from './query.ts';

/** One number: the last, with its recent past behind it, or one for the whole time shown. */
export function stat(
  shown: Shown & { readonly query: Query; readonly noValue?: string; readonly ofWholeRange?: boolean },
): stats.PanelBuilder {
  const whole = shown.ofWholeRange === true;
  const panel = new stats.PanelBuilder()
    .graphMode(whole ? common.BigValueGraphMode.None : common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(steps(shown.limits))
    .withTarget(target({ ...shown.query, exemplars: false }, 0, whole ? 'instant' : 'range')); // it has no place for them
  if (shown.noValue !== undefined) panel.noValue(shown.noValue);
  return describe(panel, shown);
}

/** Lines over time. */
export function lines(
  shown: Shown & {
    readonly queries: readonly Query[];
    /** The label that names a scope, where each line leads to its dashboard. */
    readonly scopeIn?: string;
  },
): series.PanelBuilder {
  const panel = graph(shown.queries).fillOpacity(8);
  if (shown.limits !== undefined) {
    panel
      .thresholds(steps(shown.limits))
      .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  }
  if (shown.scopeIn !== undefined) {
    panel.overrideByFieldType('number', [{ id: 'links', value: [toScopeOfSeries(shown.scopeIn)] }]);
  }
  return describe(panel, shown);
}

/** Areas over time that add up. */
export function stack(shown: Omit<Shown, 'limits'> & { readonly query: Query }): series.PanelBuilder {
  const panel = graph([shown.query])
    .fillOpacity(60)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  return describe(panel, shown);
}

/** One bar a series, coloured by how bad it is. */
export function timeline(
  shown: Required<Shown> & { readonly query: Query; readonly scopeIn: string },
): timelines.PanelBuilder {
  const panel = new timelines.PanelBuilder()
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
    .rowHeight(0.9)
    .fillOpacity(70)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(steps(shown.limits))
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .overrideByFieldType('number', [{ id: 'links', value: [toScopeOfSeries(shown.scopeIn)] }])
    .withTarget(target(shown.query, 0, 'range'));
  return describe(panel, shown);
}

/** How often each length of time occurred, over time. */
export function heatmap(shown: Omit<Shown, 'limits'> & { readonly query: Query }): heatmaps.PanelBuilder {
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
    .withTarget(target(shown.query, 0, 'range').format(PromQueryFormat.Heatmap));
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
  queries.forEach((query, index) => panel.withTarget(target(query, index, 'range')));
  return panel;
}

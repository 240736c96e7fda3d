/** Panels of numbers over time, with everything they have in common decided once. */
import * as common from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmaps from '@grafana/grafana-foundation-sdk/heatmap';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stats from '@grafana/grafana-foundation-sdk/stat';
import * as series from '@grafana/grafana-foundation-sdk/timeseries';
import * as timelines from '@grafana/grafana-foundation-sdk/statetimeline';
import { PercentUnit } from '@grafana/grafana-foundation-sdk/units';
import { colorsFor } from './colors.ts';
import { describe, type Shown, steps, target } from './describe.ts';
import { toScopeOfSeries } from './links.ts';
import type { Query } from './query.ts';

/** How high an axis of shares reaches at least: of nothing but zeros Grafana would draw one up to 10,000 %. */
const SMALL_SHARE = 0.1;

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

/** How a graph is drawn, where it matters. */
interface Drawn {
  /** Whether the names stand beside the graph, where a wide one has room, and not below it. */
  readonly wide?: boolean;
  /** What to say while there is nothing to draw, where that is fine. */
  readonly noValue?: string;
  /** The label that names a scope, where each line leads to its dashboard. */
  readonly scopeIn?: string;
}

/** Lines over time. */
export function lines(
  shown: Shown &
    Drawn & {
      readonly queries: readonly Query[];
      /** Whether the axis always reaches the limit, because what counts is how far from it the lines are. */
      readonly upToLimit?: boolean;
      /** How many digits follow the point; as many as help, by default. */
      readonly decimals?: number;
    },
): series.PanelBuilder {
  const panel = graph(shown.queries, shown).fillOpacity(8);
  if (shown.unit === PercentUnit) panel.axisSoftMax(shown.limits?.bad ?? SMALL_SHARE);
  if (shown.upToLimit === true && shown.limits !== undefined) panel.axisSoftMax(shown.limits.bad);
  if (shown.decimals !== undefined) panel.decimals(shown.decimals);
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
export function stack(shown: Omit<Shown, 'limits'> & Drawn & { readonly query: Query }): series.PanelBuilder {
  const panel = graph([shown.query], shown)
    .fillOpacity(60)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  return describe(panel, shown);
}

/** One bar a series, coloured by how bad it is. */
export function timeline(
  shown: Required<Shown> & { readonly query: Query; readonly noValue: string; readonly scopeIn: string },
): timelines.PanelBuilder {
  const panel = new timelines.PanelBuilder()
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
    .rowHeight(0.9)
    .noValue(shown.noValue)
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

function graph(queries: readonly Query[], { wide = false, noValue, scopeIn }: Drawn): series.PanelBuilder {
  const panel = new series.PanelBuilder()
    .lineWidth(1)
    .min(0)
    .showPoints(common.VisibilityMode.Never)
    .colorScheme(
      new FieldColorBuilder().mode(
        scopeIn === undefined ? FieldColorModeId.PaletteClassic : FieldColorModeId.PaletteClassicByName,
      ),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    )
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(wide ? common.LegendPlacement.Right : common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max'])
        .sortBy('Max') // by the title of its column: what was worst comes first, also when it is over
        .sortDesc(true),
    );
  if (noValue !== undefined) panel.noValue(noValue);
  for (const [name, fixedColor] of queries.flatMap(({ legend }) => colorsFor(legend))) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }]);
  }
  queries.forEach((query, index) => panel.withTarget(target(query, index, 'range')));
  return panel;
}

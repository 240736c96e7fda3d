/** Panels that only Grafana itself can draw: drawn by this project from the final frames, and labelled. */
import { formattedValueToString, getFieldDisplayName, getValueFormat, PanelPlugin } from '@grafana/data';
import { config } from '@grafana/runtime';
import { drawGraph } from '../../stand-ins/graph.ts';
import { drawHeatmap } from '../../stand-ins/heatmap.ts';
import { drawTimeline } from '../../stand-ins/timeline.ts';
import { NoData } from './no-data.jsx';
import { withSettings } from './settings.js';

/** What is drawn here, by the kind of panel. */
const DRAWINGS = {
  heatmap: ({ data, options, timeRange }, area) => {
    const [frame] = data.series;
    if (frame === undefined) return undefined;
    const [time, ...buckets] = frame.fields;
    const unit = options.yAxis?.unit;
    return drawHeatmap(area, {
      ...rangeOf(timeRange),
      times: [...time.values],
      stepMs: time.config.interval,
      buckets: buckets.map(({ name, values }) => ({
        le: name === '+Inf' ? Infinity : Number(name),
        counts: [...values],
      })),
      text: (value) => textIn(unit, value),
    });
  },
  'state-timeline': ({ data, timeRange }, area) => {
    if (data.series.length === 0) return undefined;
    return drawTimeline(area, {
      ...rangeOf(timeRange),
      rows: data.series.map((frame) => {
        const [time, value] = frame.fields;
        return {
          name: getFieldDisplayName(value, frame, data.series),
          times: [...time.values],
          stepMs: time.config.interval,
          colors: [...value.values].map((each) => value.display(each).color),
        };
      }),
      legend: legendOf(data.series[0].fields[1]),
    });
  },
  nodeGraph: ({ data, options }, area) => {
    const frame = data.series.find(({ fields }) => fields.some(({ name }) => name.toLowerCase() === 'id'));
    if (frame === undefined) return undefined;
    const column = (name) => [...(frame.fields.find((field) => field.name.toLowerCase() === name)?.values ?? [])];
    const [sources, targets, main, secondary] = ['source', 'target', 'mainstat', 'secondarystat'].map(column);
    return drawGraph(
      area,
      sources.map((source, index) => ({
        source,
        target: targets[index],
        weight: main[index],
        main: textIn(options.edges?.mainStatUnit, main[index]),
        secondary: textIn(options.edges?.secondaryStatUnit, secondary[index]),
      })),
    );
  },
};

/** The kinds of panels drawn here. */
export const STAND_INS = Object.keys(DRAWINGS);

/** @param drawn - Told what a panel drew. */
export function standInPlugin(kind, drawn) {
  const Panel = (props) => {
    drawn(props.id, props.data, { standIn: true });
    const svg = DRAWINGS[kind](props, { width: props.width, height: props.height });
    return (
      <div style={{ position: 'relative' }}>
        {svg === undefined ? (
          <NoData settings={props.fieldConfig} width={props.width} height={props.height} />
        ) : (
          <div dangerouslySetInnerHTML={{ __html: svg }} />
        )}
        <div style={LABEL}>stand-in for Grafana's {kind}</div>
      </div>
    );
  };
  return withSettings(new PanelPlugin(Panel), {});
}

const LABEL = {
  position: 'absolute',
  top: -26,
  right: 0,
  padding: '1px 6px',
  border: '1px dashed #8e8e8e',
  borderRadius: 3,
  color: '#b0b0b0',
  fontSize: 11,
};

function rangeOf({ from, to }) {
  return { from: from.valueOf(), to: to.valueOf() };
}

function textIn(unit, value) {
  return formattedValueToString(getValueFormat(unit ?? 'short')(value));
}

/** What the colours of limits mean: from which value on each holds. */
function legendOf(field) {
  const { steps = [] } = field.config.thresholds ?? {};
  const textOf = (value) => formattedValueToString(field.display(value));
  return steps.map(({ value, color }, index) => ({
    color: config.theme2.visualization.getColorByName(color),
    text: Number.isFinite(value) ? `${textOf(value)}+` : `< ${textOf(steps[index + 1]?.value)}`,
  }));
}

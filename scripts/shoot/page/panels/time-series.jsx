/** Lines and areas over time, by Grafana's own drawing, and single cancels on top as diamonds. */
import { cacheFieldDisplayNames, FieldType, PanelPlugin } from '@grafana/data';
import { useMemo } from 'react';
import { preparePlotFrame, TimeSeries } from '@grafana/ui';
import { NoData } from './no-data.jsx';
import { withSettings } from './settings.js';

/** Grafana's own settings where a panel has none. */
const DEFAULTS = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1,
  fillOpacity: 0,
  gradientMode: 'none',
  spanNulls: false,
  showPoints: 'auto',
  pointSize: 5,
  stacking: { mode: 'none', group: 'A' },
  axisPlacement: 'auto',
  axisSoftMin: undefined,
  axisSoftMax: undefined,
  axisBorderShow: false,
  axisColorMode: 'text',
  axisCenteredZero: false,
  scaleDistribution: { type: 'linear' },
  hideFrom: { tooltip: false, viz: false, legend: false },
  thresholdsStyle: { mode: 'off' },
};

/** @param drawn - Told what a panel drew. */
export function timeSeriesPlugin(drawn) {
  const Panel = ({ id, data, timeRange, timeZone, width, height, options, fieldConfig }) => {
    drawn(id, data, { standIn: false });
    const frames = useMemo(() => drawable(data.series), [data.series]);
    if (frames.length === 0) return <NoData settings={fieldConfig} width={width} height={height} />;
    const exemplars = data.annotations?.find(({ name }) => name === 'exemplar');
    return (
      <TimeSeries
        frames={frames}
        structureRev={data.structureRev}
        timeRange={timeRange}
        timeZone={timeZone}
        width={width}
        height={height}
        legend={options.legend}
        options={options}
        preparePlotFrame={joined}
      >
        {(builder) => {
          if (exemplars !== undefined) builder.addHook('draw', (plot) => drawDiamonds(plot, exemplars));
          return null;
        }}
      </TimeSeries>
    );
  };
  return withSettings(new PanelPlugin(Panel).setDataSupport({ annotations: true }), DEFAULTS);
}

/** Frames with names, and without what no scale has a place for, as Grafana readies them. */
function drawable(series) {
  const frames = series.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) =>
      field.type === FieldType.number
        ? { ...field, values: [...field.values].map((value) => (Number.isFinite(value) ? value : null)) }
        : field,
    ),
  }));
  return frames;
}

/** Joining takes away the names that colours go by; Grafana keeps them. */
function joined(frames, ...more) {
  const frame = preparePlotFrame(frames, ...more);
  cacheFieldDisplayNames(frames);
  return frame;
}

const HALF = 3;

/** One diamond for each exemplar; what is beyond the scale stands at its end. */
function drawDiamonds({ ctx, bbox, valToPos, scales }, { fields: [times, values] }) {
  const y = Object.keys(scales).find((key) => key !== 'x' && Number.isFinite(scales[key].min)); // the one in use
  if (y === undefined) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = '#6e9fff';
  for (const [index, time] of times.values.entries()) {
    const left = valToPos(time, 'x', true);
    const value = Math.min(Math.max(values.values[index], scales[y].min), scales[y].max);
    const top = valToPos(value, y, true);
    ctx.beginPath();
    ctx.moveTo(left, top - HALF);
    ctx.lineTo(left + HALF, top);
    ctx.lineTo(left, top + HALF);
    ctx.lineTo(left - HALF, top);
    ctx.fill();
  }
  ctx.restore();
}

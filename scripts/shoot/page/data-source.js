/**
 * The data source: Prometheus, asked as Grafana's own data source does.
 *
 * DS1. `$__rate_interval` is four times the scrape interval, or the step and a scrape interval if that is more.
 * DS2. A query's range starts and ends on a multiple of its step.
 * DS3. Variables of several values become a pattern; what a value has of a pattern's signs is escaped.
 */
import { sceneGraph, VizPanel } from '@grafana/scenes';
import { tableFrames } from '../../../test/grafana/framing.ts';
import { exemplarFrame } from '../exemplars.ts';
import { heatmapFrames, lineFrames, numberOf } from '../prometheus-frames.ts';

export class PrometheusSource {
  uid = 'prometheus';
  type = 'prometheus';
  name = 'Prometheus';
  meta = { id: 'prometheus', name: 'Prometheus', info: {}, metrics: true };

  /**
   * @param scrapeSeconds - Time between two scrapes.
   * @param answered - Told the frames that a panel gets.
   */
  constructor(scrapeSeconds, answered) {
    this.answered = answered;
    this.scrapeMs = scrapeSeconds * 1_000;
    this.interval = `${scrapeSeconds}s`;
  }

  getRef() {
    return { type: this.type, uid: this.uid };
  }

  /** The values of a variable, which asks with `label_values(selector, label)`. */
  async metricFindQuery(query, { scopedVars, range }) {
    const text = sceneGraph.interpolate(scopedVars.__sceneObject.value.valueOf(), query.query, scopedVars, pattern);
    const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
    if (label === undefined) throw new Error(`no label_values: ${text}`);
    const values = await ask(`label/${label}/values`, { 'match[]': selector, ...secondsOf(range, 1) });
    return values.map((value) => ({ text: value }));
  }

  async query(request) {
    const targets = request.targets.filter(({ hide }) => hide !== true);
    const answers = await Promise.all(targets.map((target) => this.#answer(target, request, targets)));
    const tables = answers.filter(({ samples }) => samples !== undefined);
    const data = [...tableFrames(tables), ...answers.flatMap(({ frames = [] }) => frames)];
    this.answered(panelOf(request), data);
    return {
      data,
      annotations: answers.flatMap(({ exemplars = [] }) => exemplars),
    };
  }

  async #answer({ refId, expr, legendFormat, instant, format, exemplar }, request) {
    const stepMs = Math.max(request.intervalMs, this.scrapeMs);
    const query = this.#interpolated(expr, request, stepMs);
    if (instant) {
      const time = request.range.to.valueOf();
      const { result } = await ask('query', { query, time: time / 1_000 });
      if (format === 'table') {
        const samples = result.map(({ metric, value }) => ({ labels: withoutName(metric), value: numberOf(value[1]) }));
        return { refId, time, samples };
      }
      const series = result.map(({ metric, value }) => ({ metric, values: [value] }));
      return { frames: lineFrames({ refId, legend: legendFormat, stepMs }, series) };
    }
    const range = secondsOf(request.range, stepMs / 1_000); // DS2
    const { result } = await ask('query_range', { query, ...range, step: stepMs / 1_000 });
    const asked = { refId, legend: legendFormat, stepMs };
    const frames = format === 'heatmap' ? heatmapFrames(asked, result) : lineFrames(asked, result);
    const exemplars = exemplar === true ? [exemplarFrame(await ask('query_exemplars', { query, ...range }))] : [];
    return { frames, exemplars };
  }

  #interpolated(expr, { range, scopedVars }, stepMs) {
    const rateMs = Math.max(stepMs + this.scrapeMs, 4 * this.scrapeMs); // DS1
    const rangeMs = range.to.valueOf() - range.from.valueOf();
    const scoped = {
      ...scopedVars,
      __rate_interval: { text: '', value: `${rateMs}ms` },
      __interval: { text: '', value: `${stepMs}ms` },
      __range: { text: '', value: `${Math.round(rangeMs / 1_000)}s` },
    };
    return sceneGraph.interpolate(scopedVars.__sceneObject.value.valueOf(), expr, scoped, pattern);
  }
}

/** A value in a matcher (DS3). Only what can be several is a pattern: a number that was chosen stays as it is. */
function pattern(value, { multi, includeAll }) {
  const escaped = (text) => String(text).replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\\$&`);
  if (typeof value === 'string') return multi || includeAll ? escaped(value) : value;
  return value.length === 1 ? escaped(value[0]) : `(${value.map(escaped).join('|')})`;
}

/** The id of the panel that asks. */
function panelOf({ scopedVars }) {
  return sceneGraph.getAncestor(scopedVars.__sceneObject.value.valueOf(), VizPanel).getLegacyPanelId();
}

async function ask(path, parameters) {
  const answer = await fetch(`/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const { status, data, error } = await answer.json();
  if (status !== 'success') throw new Error(`${path}: ${error}`);
  return data;
}

function secondsOf({ from, to }, step) {
  const onStep = (ms) => Math.floor(ms / 1_000 / step) * step;
  return { start: onStep(from.valueOf()), end: onStep(to.valueOf()) };
}

function withoutName(labels) {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__'));
}

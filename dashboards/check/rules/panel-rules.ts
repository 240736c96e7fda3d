/** Rules about panels. */
import * as thresholds from '../../source/thresholds.ts';
import { everyPanel, type Override, type Panel, type Source } from '../dashboard-json.ts';
import { faultsOfGrid } from '../grid-faults.ts';
import { each, eachPanel, type Rule } from '../rule.ts';

const UNITS = new Set(['ops', 'percentunit', 's', 'short']);
const CORE_PANELS = new Set(
  'stat timeseries heatmap table nodeGraph state-timeline status-history bargauge gauge barchart piechart text row'.split(
    ' ',
  ),
);
const LIMITS = new Set([
  ...Object.values(thresholds).flatMap((value) => (isLimits(value) ? [`${value.warn} ${value.bad}`] : [])),
  ...thresholds.BURN_RATES.map(({ factor }) => String(factor)),
]);

export const PANEL_RULES: readonly Rule[] = [
  {
    id: 'D06',
    severity: 'error',
    what: 'Every panel, target, variable and annotation asks the data source that was chosen.',
    check: each(function* ({ json, panels }) {
      for (const { title, datasource, targets = [] } of panels) {
        if (![datasource, ...targets.map((target) => target.datasource)].every(isChosen))
          yield [title, 'asks another data source'];
      }
      const others = [
        ...json.templating.list.filter(({ type }) => type === 'query'),
        ...(json.annotations?.list ?? []),
      ];
      for (const { name, datasource } of others) if (!isChosen(datasource)) yield [name, 'asks another data source'];
    }),
  },
  {
    id: 'D07',
    severity: 'error',
    what: 'Every panel has a title, and an explanation in whole sentences.',
    check: eachPanel(function* ({ title, description = '' }) {
      if (title === '') yield 'has no title';
      if (!/^[A-Z].*\.$/s.test(description)) yield 'has no description in whole sentences';
    }),
  },
  {
    id: 'D08',
    severity: 'error',
    what: 'Every number has a unit.',
    check: eachPanel(function* (panel) {
      for (const unit of unitsOf(panel)) if (!UNITS.has(String(unit))) yield `has the unit ${String(unit)}`;
    }),
  },
  {
    id: 'D09',
    severity: 'error',
    what: 'Every panel has targets, each with a letter of its own, asked for a range or an instant.',
    check: eachPanel(function* ({ targets = [] }) {
      if (targets.length === 0) yield 'has no target';
      if (new Set(targets.map(({ refId }) => refId)).size < targets.length) yield 'has two targets with one letter';
      for (const { refId, range, instant } of targets) {
        if ((range === true) === (instant === true))
          yield `target ${refId} must ask either for a range or for an instant`;
      }
    }),
  },
  {
    id: 'D22',
    severity: 'error',
    what: 'Only panels that come with Grafana are used.',
    check: eachPanel(function* ({ type }) {
      if (!CORE_PANELS.has(type)) yield `${type} is no core panel`;
    }),
  },
  {
    id: 'D23',
    severity: 'error',
    what: 'Every panel and row has an id of its own, and the grid neither overlaps nor holes.',
    check: each(function* ({ json }) {
      const ids = everyPanel(json).map(({ id }) => id);
      if (new Set(ids).size < ids.length || ids.some((id) => !(id > 0)))
        yield ['', 'has panels without an id of their own'];
      for (const grid of [json.panels, ...json.panels.map(({ panels = [] }) => panels)]) {
        for (const fault of faultsOfGrid(grid)) yield ['', fault];
      }
    }),
  },
  {
    id: 'D25',
    severity: 'warning',
    what: 'Thresholds are those the alerts have.',
    check: eachPanel(function* ({ fieldConfig }) {
      const found = [fieldConfig?.defaults.thresholds, ...(fieldConfig?.overrides ?? []).flatMap(thresholdsIn)];
      for (const steps of found.flatMap((one) => (one === undefined ? [] : [one.steps]))) {
        const values = steps.flatMap(({ value }) => value ?? []);
        const limits = steps[0]?.color === 'red' ? values.toReversed() : values;
        if (limits.length > 0 && !LIMITS.has(limits.join(' '))) yield `has thresholds of its own: ${limits.join(', ')}`;
      }
    }),
  },
];

function isChosen(source: Source | undefined): boolean {
  return source?.type === 'prometheus' && source.uid === '${datasource}';
}

/** The units of a panel: of its columns, of its edges, or its own. */
function unitsOf({ type, options, fieldConfig, targets = [] }: Panel): unknown[] {
  const own = fieldConfig?.defaults.unit;
  if (type === 'nodeGraph') {
    const { mainStatUnit, secondaryStatUnit } = (options?.['edges'] ?? {}) as Readonly<Record<string, unknown>>;
    return [mainStatUnit, secondaryStatUnit];
  }
  if (type !== 'table' || own !== undefined) return [own];
  const columns = targets.map(({ refId }) => (targets.length === 1 ? 'Value' : `Value #${refId}`));
  return columns.map((column) => propertyOf(fieldConfig?.overrides ?? [], column, 'unit'));
}

function propertyOf(overrides: readonly Override[], field: string, id: string): unknown {
  return overrides.find(({ matcher }) => matcher.options === field)?.properties.find((property) => property.id === id)
    ?.value;
}

function thresholdsIn({ properties }: Override): (NonNullable<Panel['fieldConfig']>['defaults']['thresholds'] & {})[] {
  return properties
    .filter(({ id }) => id === 'thresholds')
    .map(({ value }) => value as NonNullable<Panel['fieldConfig']>['defaults']['thresholds'] & {});
}

function isLimits(value: unknown): value is thresholds.Limits {
  return typeof value === 'object' && value !== null && 'warn' in value && 'bad' in value;
}

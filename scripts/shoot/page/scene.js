/** A dashboard's JSON as a scene. */
import {
  CustomVariable,
  DataSourceVariable,
  EmbeddedScene,
  QueryVariable,
  SceneDataTransformer,
  SceneGridItem,
  SceneGridLayout,
  SceneGridRow,
  SceneQueryRunner,
  SceneTimePicker,
  SceneTimeRange,
  SceneVariableSet,
  VariableValueSelectors,
  VizPanel,
} from '@grafana/scenes';
import { planOf } from '../plan.ts';

/** @param chosen - Values of variables, by name, in place of those the dashboard opens with. */
export function sceneOf(dashboard, { from, to, unfold, chosen }) {
  const { rows } = planOf(dashboard, unfold);
  return new EmbeddedScene({
    $timeRange: new SceneTimeRange({ from, to, timeZone: 'utc' }),
    $variables: new SceneVariableSet({ variables: dashboard.templating.list.map((each) => variableOf(each, chosen)) }),
    controls: [new VariableValueSelectors({}), new SceneTimePicker({})],
    body: new SceneGridLayout({ isDraggable: false, isResizable: false, children: rows.flatMap(childrenOf) }),
  });
}

function childrenOf({ title, folded, y, panels }) {
  const items = panels.map(itemOf);
  if (title === undefined) return items;
  return [new SceneGridRow({ title, y, x: 0, isCollapsible: true, isCollapsed: folded, children: items })];
}

function itemOf({ id, gridPos: { x, y, w, h }, ...panel }) {
  const queries = new SceneQueryRunner({
    datasource: panel.datasource,
    queries: panel.targets,
    maxDataPointsFromWidth: true,
  });
  return new SceneGridItem({
    x,
    y,
    width: w,
    height: h,
    body: new VizPanel({
      key: `panel-${id}`,
      pluginId: panel.type,
      title: panel.title,
      description: panel.description,
      options: panel.options ?? {},
      fieldConfig: panel.fieldConfig ?? { defaults: {}, overrides: [] },
      $data: new SceneDataTransformer({ $data: queries, transformations: panel.transformations ?? [] }),
    }),
  });
}

function variableOf({ type, name, label, query, current, ...more }, chosen) {
  const value = chosen[name] ?? current?.value;
  const text = chosen[name] ?? current?.text;
  const about = { name, label, value, text, isMulti: more.multi, includeAll: more.includeAll, allValue: more.allValue };
  if (type === 'datasource') return new DataSourceVariable({ name, label, pluginId: query, value: 'prometheus' });
  if (type === 'custom') return new CustomVariable({ ...about, query });
  return new QueryVariable({ ...about, query, datasource: more.datasource, refresh: more.refresh, sort: more.sort });
}

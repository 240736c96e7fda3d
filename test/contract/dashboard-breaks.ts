/** Ways to break a dashboard's file, variables and panels, each against one rule. */
import { type Break, defaults, fill, relink, variable } from './dashboard-edits.ts';
import { panelOf, targetOf } from './dashboard-file.ts';

export const DASHBOARD_BREAKS: readonly Break[] = [
  { rule: 'D01', how: 'has no title', break: (it) => void (it.title = '') },
  { rule: 'D02', how: 'is editable', break: (it) => void (it.editable = true) },
  { rule: 'D02', how: 'has the id of one installation', break: (it) => void Object.assign(it, { id: 7 }) },
  { rule: 'D03', how: 'has no label on its data source', break: (it) => void (variable(it, 'datasource').label = '') },
  { rule: 'D04', how: 'calls the job otherwise', break: (it) => void (variable(it, 'job').label = 'Service') },
  { rule: 'D04', how: 'takes one job only', break: (it) => void (variable(it, 'job').multi = false) },
  { rule: 'D04', how: 'counts empty instances in', break: (it) => void (variable(it, 'instance').allValue = '.*') },
  { rule: 'D05', how: 'never refreshes its scopes', break: (it) => void (variable(it, 'scope').refresh = 0) },
  {
    rule: 'D05',
    how: 'fills scopes from what cannot be parsed',
    break: (it) => fill(it, 'scope', (query) => query.replace('}', '}}')),
  },
  {
    rule: 'D06',
    how: 'has a target with a data source of its own',
    break: (it) => void (targetOf(it, 'Zombies').datasource.uid = 'prometheus'),
  },
  {
    rule: 'D06',
    how: 'has an annotation with a data source of its own',
    break: (it) => {
      for (const annotation of it.annotations?.list ?? []) annotation.datasource = { type: 'loki', uid: 'logs' };
    },
  },
  { rule: 'D07', how: 'does not explain a panel', break: (it) => delete panelOf(it, 'Zombies').description },
  { rule: 'D07', how: 'has a panel without a title', break: (it) => void (panelOf(it, 'Zombies').title = '') },
  { rule: 'D08', how: 'has a number without a unit', break: (it) => delete defaults(it, 'Zombies').unit },
  {
    rule: 'D08',
    how: 'has a column without a unit',
    of: 'flow',
    break: (it) => void panelOf(it, 'Edges').fieldConfig?.overrides?.pop(),
  },
  {
    rule: 'D08',
    how: 'has edges without a unit',
    of: 'flow',
    break: (it) => void (panelOf(it, 'Flow of cancels').options = { edges: { mainStatUnit: 'ops' } }),
  },
  {
    rule: 'D09',
    how: 'has a panel without targets',
    break: (it) => void (panelOf(it, 'Events by monitor').targets = []),
  },
  {
    rule: 'D09',
    how: 'leaves open what a target asks for',
    break: (it) => void (targetOf(it, 'Zombies').range = false),
  },
  {
    rule: 'D09',
    how: 'has two targets of one letter',
    break: (it) => void (targetOf(it, 'Latency quantiles', 1).refId = 'A'),
  },
  { rule: 'D22', how: 'needs a plugin', break: (it) => void (panelOf(it, 'Zombies').type = 'netsage-sankey-panel') },
  { rule: 'D23', how: 'has two panels of one id', break: (it) => void (panelOf(it, 'Zombies').id = 1) },
  { rule: 'D23', how: 'has a panel of no id', break: (it) => void (panelOf(it, 'Zombies').id = 0) },
  { rule: 'D23', how: 'has panels that overlap', break: (it) => void (panelOf(it, 'Zombies').gridPos.h = 9) },
  { rule: 'D23', how: 'has a hole', break: (it) => void (panelOf(it, 'Zombies').gridPos.w = 2) },
  {
    rule: 'D24',
    how: 'uses a variable there is not',
    break: (it) => void (panelOf(it, 'Zombies').title = 'Zombies $who'),
  },
  {
    rule: 'D24',
    how: 'has a variable nobody uses',
    break: (it) => void it.templating.list.push({ type: 'textbox', name: 'spare', label: 'Spare', query: '' }),
  },
  {
    rule: 'D24',
    how: 'has a link that forgets the time',
    break: (it) => {
      for (const link of it.links) link.keepTime = false;
    },
  },
  { rule: 'D24', how: 'has no links', break: (it) => void (it.links = []) },
  {
    rule: 'D24',
    how: 'leads to a dashboard there is not',
    break: (it) => relink(it, (url) => url.replace('/d/cancelscope-scope', '/d/cancelscope-scopes')),
  },
  {
    rule: 'D24',
    how: 'sets a variable the other dashboard does not have',
    break: (it) => relink(it, (url) => url.replace('var-scope', 'var-name')),
  },
  {
    rule: 'D25',
    how: 'has a threshold no alert has',
    break: (it) => {
      const steps = defaults(it, 'Zombies').thresholds?.steps ?? [];
      for (const step of steps) if (step.value === 10) step.value = 11;
    },
  },
  { rule: 'D27', how: 'refreshes every 5 s', break: (it) => void (it.refresh = '5s') },
  {
    rule: 'D27',
    how: 'opens with 16 panels',
    break: (it) => {
      const panel = panelOf(it, 'Zombies');
      const { x, w } = panel.gridPos;
      it.panels.push({ ...panel, id: 99, gridPos: { ...panel.gridPos, x: x + w / 2, w: w / 2 } });
      panel.gridPos.w = w / 2;
    },
  },
  {
    rule: 'D27',
    how: 'asks five queries a panel',
    break: (it) => {
      const { targets = [] } = panelOf(it, 'Latency quantiles');
      for (const refId of ['D', 'E']) targets.push({ ...targetOf(it, 'Latency quantiles'), refId });
    },
  },
];

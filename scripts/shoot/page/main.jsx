/**
 * The page: one dashboard, drawn once. `window.shot` tells what came of it, panel by panel.
 */
import { ThemeContext } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { PrometheusSource } from './data-source.js';
import { startGrafana } from './grafana.js';
import { STAND_INS, standInPlugin } from './panels/stand-in.jsx';
import { statPlugin } from './panels/stat.jsx';
import { tablePlugin } from './panels/table.jsx';
import { timeSeriesPlugin } from './panels/time-series.jsx';
import { sceneOf } from './scene.js';

const {
  dashboard: uid,
  from,
  to,
  scrape,
  unfold,
  ...chosen
} = Object.fromEntries(new URLSearchParams(location.search));

const panels = {};
const answered = {}; // by the panel's id
const valuesIn = (frames) => frames.reduce((sum, { length, fields }) => sum + length * fields.length, 0);
window.shot = { panels };
const drawn = (id, data, { standIn }) => {
  panels[id] = {
    standIn,
    state: data.state,
    error: data.error?.message ?? data.errors?.[0]?.message,
    answered: answered[id] ?? 0,
    exemplars: data.annotations?.find(({ name }) => name === 'exemplar')?.length ?? 0,
    values: valuesIn(data.series),
  };
};

const plugins = new Map([
  ['timeseries', timeSeriesPlugin(drawn)],
  ['stat', statPlugin(drawn)],
  ['table', tablePlugin(drawn)],
  ...STAND_INS.map((kind) => [kind, standInPlugin(kind, drawn)]),
]);
for (const [id, plugin] of plugins) plugin.meta = { ...plugin.meta, id, name: id };

const theme = await startGrafana(
  new PrometheusSource(Number(scrape), (id, frames) => (answered[id] = valuesIn(frames))),
  plugins,
);
const dashboard = await (await fetch(`/dashboards/${uid}.json`)).json();
const scene = sceneOf(dashboard, { from, to, unfold: unfold === 'true', chosen });

createRoot(document.querySelector('#page')).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    <BrowserRouter>
      <h1 className="title">{dashboard.title}</h1>
      <scene.Component model={scene} />
      <PortalContainer />
    </BrowserRouter>
  </ThemeContext.Provider>,
);

/** Draws every dashboard from a live Prometheus: `npm run dashboards:shoot`, `-- --help` for more. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOnPath } from '../../demo/prometheus-process.ts';
import type { DashboardFile } from '../../dashboards/check/dashboard-json.ts';
import { startBrowser } from './browser.ts';
import { bundlePage } from './bundle.ts';
import { busiestScope } from './busiest-scope.ts';
import { install } from './install.ts';
import { type Watched, watchDemos } from './load.ts';
import { outcomeOf } from './outcome.ts';
import { take } from './picture.ts';
import { planOf, shownPanels } from './plan.ts';
import { smaller } from './png/write.ts';
import { servePage } from './server.ts';

const DASHBOARDS = join(import.meta.dirname, '../../dashboards');
const USAGE = `npm run dashboards:shoot -- [options]

  --seconds 180                     let two demos run for so long
  --prometheus URL --from T --to T  draw what this Prometheus knows of that time (seconds since 1970), and run no demo
  --scrape 2                        seconds between two scrapes
  --only NAME                       only dashboards whose name has this in it
  --out FOLDER                      default dashboards/pictures
`;

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '180' },
    prometheus: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    scrape: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: join(DASHBOARDS, 'pictures') },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(USAGE);
  process.exit();
}

const chromium = findOnPath('chromium');
if (chromium === undefined || findOnPath('prometheus') === undefined) {
  console.error('this needs Chromium and Prometheus: apt-get install chromium prometheus');
  process.exit(2);
}

await install();
await bundlePage();
await mkdir(options.out, { recursive: true });
await using ends = new AsyncDisposableStack(); // of all that is started, also when somebody has seen enough
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void ends.disposeAsync().finally(() => process.exit(1)));
}
const watched = await watchedOf();
const server = ends.use(await servePage(watched.url));
const browser = ends.use(await startBrowser(chromium));

let failed = false;
for (const name of await dashboardNames()) {
  const dashboard = JSON.parse(await readFile(join(DASHBOARDS, `${name}.json`), 'utf8')) as DashboardFile;
  const foldable = dashboard.panels.some(({ collapsed }) => collapsed);
  for (const unfold of foldable ? [false, true] : [false]) {
    const plan = planOf(dashboard, unfold);
    const panels = shownPanels(plan);
    const url = `${server.url}/?${new URLSearchParams({
      dashboard: name,
      from: new Date(watched.from).toISOString(),
      to: new Date(watched.to).toISOString(),
      scrape: options.scrape,
      unfold: String(unfold),
      ...(name.endsWith('-scope') && { scope: await busiestScope(watched) }),
    }).toString()}`;
    const taken = await take(browser, url, { panels: panels.length, units: plan.height });
    const png = smaller(taken.png);
    const file = unfold ? `${name}-unfolded` : name;
    await writeFile(join(options.out, `${file}.png`), png);
    const { line, faults } = outcomeOf(file, panels, taken.panels);
    console.log(`${line}; ${Math.ceil(png.length / 1_024)} KB`);
    for (const fault of [...faults, ...new Set(taken.complaints)]) console.error(`  ${fault}`);
    failed ||= faults.length > 0;
  }
}
if (failed) process.exitCode = 1;

async function watchedOf(): Promise<Watched> {
  const { prometheus, from, to, seconds, scrape } = options;
  if (prometheus === undefined) {
    console.log(`running two demos for ${seconds} s`);
    return watchDemos(Number(seconds), Number(scrape), ends);
  }
  return { url: prometheus, from: Number(from) * 1_000, to: Number(to) * 1_000 };
}

async function dashboardNames(): Promise<string[]> {
  const files = await readdir(DASHBOARDS);
  return files.flatMap((file) =>
    file.endsWith('.json') && file.includes(options.only) ? [basename(file, '.json')] : [],
  );
}

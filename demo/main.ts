/**
 * The demo: a real service with real clients, and what cancelscope shows of them. `npm run demo`, `-- --help` for more.
 *
 * E1. It ends with 0 and a summary when its time is over or at the first Ctrl-C.
 */
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { metricsHandler, registerMonitor } from './cancelscope.ts';
import { render } from './line.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { showPlain } from './plain.ts';
import { findOnPath, type PrometheusProcess, startPrometheus } from './prometheus-process.ts';
import { allRoutes } from './routes/index.ts';
import { showScreen } from './screen.ts';
import { startService } from './service.ts';
import type { Scene, Show } from './show.ts';
import { watchForStop } from './stop.ts';
import { summary } from './summary.ts';
import { createTally } from './tally.ts';
import { SLOW_MS, startTelemetry } from './telemetry.ts';
import { canDraw, terminalSize, wantsColours } from './terminal.ts';
import { startTraffic } from './traffic.ts';
import { startUpstream } from './upstream.ts';

async function run(options: Options): Promise<void> {
  const { port, host, seed, durationMs } = options;
  const stop = watchForStop();
  const early: string[] = [];
  let show: Show | undefined;
  const note = (text: string): void => {
    if (show === undefined) early.push(text);
    else show.note(text);
  };
  const failed = (error: unknown): void => note(`unexpected: ${inspect(error, { depth: 1 })}`);
  // Warnings belong on the screen, not across it.
  process.removeAllListeners('warning').on('warning', ({ message }) => note(message));

  const telemetry = startTelemetry(options);
  const tally = createTally();
  registerMonitor(tally.monitor);

  const upstream = await startUpstream();
  const trustedKey = randomUUID();
  const service = await startService({
    port,
    host,
    trustedKey,
    routes: (scope) => allRoutes(upstream, scope, failed),
    pages: {
      '/metrics': metricsHandler(telemetry.registry),
      '/spans': (_request, response) =>
        response.setHeader('Content-Type', 'text/plain; charset=utf-8').end(telemetry.spans.text()),
    },
    failed,
  });
  const prometheus = await prometheusFor(options, service.url, note);
  const scene: Scene = {
    facts: [
      `cancelscope demo, seed ${seed}`,
      `metrics ${service.url}/metrics   spans ${service.url}/spans`,
      `prometheus ${prometheus?.url ?? 'not started'}   slow cancels are those over ${SLOW_MS} ms`,
    ],
    startedAt: performance.now(),
    durationMs,
    tally,
    spans: telemetry.spans,
    requests: () => service.requests,
  };
  show = canDraw() ? showScreen(scene, stop.press) : showPlain(scene);
  for (const text of early) show.note(text);
  stop.after(durationMs);
  const traffic = startTraffic({ url: service.url, seed, trustedKey, failed });

  const { message = '' } = await stop.token.whenCancelled();
  const ranMs = performance.now() - scene.startedAt;
  note(`stopping: ${message}`);
  const visitorsGone = traffic.stop();
  service.shutDown(message);
  await visitorsGone;
  service.close();
  upstream[Symbol.dispose]();
  const sent = telemetry.stop().catch((error: Error) => note(`spans could not be sent: ${error.message}`));
  await Promise.all([sent, prometheus?.stop()]);
  show.end();

  const { columns } = terminalSize();
  const lines = summary(scene, ranMs, columns).map((line) => render(line, columns, wantsColours()));
  await print(lines.join('\n'));
}

/** The Prometheus that was asked for, or the one that is there. */
async function prometheusFor(
  { prometheus }: Options,
  url: string,
  note: (text: string) => void,
): Promise<PrometheusProcess | undefined> {
  if (prometheus === 'none') return undefined;
  const path = prometheus === 'auto' ? findOnPath('prometheus') : prometheus;
  if (path === undefined) return undefined;
  try {
    return await startPrometheus(path, new URL(url).host, note);
  } catch (error) {
    console.error(`Prometheus cannot be started: ${(error as Error).message}`);
    process.exit(2);
  }
}

function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${text}\n`, () => resolve()));
}

// `npm run demo | head`: whoever read has seen enough.
process.stdout.on('error', () => process.exit());

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exit(2);
}
if (options.help) {
  await print(USAGE);
} else {
  await run(options);
}
process.exit(); // the zombies of /legacy would hold it for another second

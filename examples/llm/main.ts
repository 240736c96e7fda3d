/**
 * A language model in a terminal: SPACE pauses it and lets it go on, q stops it. `node examples/llm/main.ts --demo`
 *
 * Exit codes: 0 at the end or after q, 130 after Ctrl-C, 128 and its number after a signal, 1 after a failure, 2 for an
 * option it cannot take.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerMonitor } from 'cancelscope';
import { metricsHandler, prometheusMonitor } from 'cancelscope/prometheus';
import { Registry } from 'prom-client';
import { busyWork } from './busy-work.ts';
import { runChat } from './chat.ts';
import { openKeys } from './open-keys.ts';
import { createMetrics } from './metrics.ts';
import { connectModel } from './model.ts';
import { type ModelServer, startModelServer } from './model-server.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { createScreen } from './screen.ts';
import { STORY } from './story.ts';
import { summary } from './summary.ts';
import { spanLinker, startTracing } from './tracing.ts';

async function run(options: Options): Promise<number> {
  const registry = new Registry();
  registerMonitor(prometheusMonitor({ registry }));
  const metrics = createMetrics(registry);
  const tracing = startTracing();
  const exposed = options.metricsPort === undefined ? undefined : await expose(registry, options.metricsPort);
  const local = options.demo ? await startDemoModel(options) : undefined;
  const model = connectModel({ ...options, url: local?.url ?? options.url });
  const screen = createScreen(process.stdout);

  const keys = await openKeys(options.keys);
  console.log(`> ${options.prompt}\n  (${keys.attended ? 'SPACE pauses, q stops' : 'no terminal, so no keys'})\n`);
  const result = await runChat({
    prompt: options.prompt,
    model,
    keys,
    screen,
    metrics,
    linkSpan: spanLinker(),
    work: busyWork(options.busyMs),
  });
  await keys[Symbol.asyncDispose]();

  const late = (await metrics.chunksAfterStop.get()).values[0]?.value ?? 0;
  console.log(summary(result, tracing.segments, late).join('\n'));
  if (options.save !== undefined) writeFileSync(options.save, result.text);
  exposed?.close();
  await Promise.all([local?.[Symbol.asyncDispose](), tracing.stop()]);
  if (result.ended === 'failed') {
    console.error(`failed: ${(result.error as Error).message}`);
    return 1;
  }
  return exitCodeAfter(result.stoppedBy);
}

/** What a shell expects of a program that was stopped like this. */
function exitCodeAfter(stoppedBy: string | undefined): number {
  const signal = stoppedBy === 'Ctrl-C' ? 'SIGINT' : stoppedBy;
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
  return number === undefined ? 0 : 128 + number;
}

function startDemoModel({ seed, paceMs }: Options): Promise<ModelServer> {
  return startModelServer({
    script: STORY,
    seed,
    pace: (_turn, scope) => sleep(paceMs, undefined, { signal: scope.signal }),
  });
}

/** Serves /metrics on loopback. */
async function expose(registry: Registry, port: number): Promise<Server> {
  const server = createServer(metricsHandler(registry)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  console.log(`metrics http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
  return server;
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2), process.env['GEMINI_API_KEY']);
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (options?.help === true) console.log(USAGE);
else if (options !== undefined) process.exitCode = await run(options);

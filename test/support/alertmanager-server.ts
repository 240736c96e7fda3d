/**
 * A real Prometheus with rules, the real Alertmanager it tells, and what that sends to a webhook; all on free loopback
 * ports, in a folder of their own that goes with them.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RuleGroup } from '../../src/cli/rules/index.ts';
import { startListening } from './prometheus-process.ts';
import { isReady, type PrometheusServer, startPrometheus } from './prometheus-server.ts';

const SCRAPE_EVERY_MS = 500;

export interface AlertingOptions {
  /** What to scrape, by job name: `host:port`, each under /metrics. */
  readonly jobs: Readonly<Record<string, string>>;
  readonly groups: readonly RuleGroup[];
}

/** An alert as it arrives at a webhook. */
export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly startsAt: string;
  readonly endsAt: string;
}

export interface Alerting extends AsyncDisposable, Pick<PrometheusServer, 'query' | 'rules'> {
  /** What has arrived at the webhook, in order. */
  readonly notified: readonly NotifiedAlert[];
}

/** Starts all of it and resolves when it is ready; rejects with the log of what does not get there. */
export async function startAlerting({ jobs, groups }: AlertingOptions): Promise<Alerting> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'cancelscope-alerts-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, content: object): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, JSON.stringify(content)); // JSON is YAML
    return path;
  };

  const notified: NotifiedAlert[] = [];
  const webhook = await startWebhook(starting, notified);
  const alertmanager = starting.use(
    await startListening('prometheus-alertmanager', [
      `--config.file=${await write('alertmanager.yml', alertmanagerConfig(webhook))}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      '--cluster.listen-address=', // alone: it opens no port for others
    ]),
  );
  await isReady(`http://${alertmanager.address}`);
  const prometheus = starting.use(
    await startPrometheus({
      jobs: Object.fromEntries(Object.entries(jobs).map(([job, target]) => [job, [target]])),
      scrapeIntervalMs: SCRAPE_EVERY_MS,
      ruleFiles: [await write('rules.yml', { groups })],
      alertmanagers: [alertmanager.address],
    }),
  );

  const running = starting.move();
  const { query, rules } = prometheus;
  return { notified, query, rules, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Every alert by itself, and at once. */
function alertmanagerConfig(webhook: string): object {
  const soon = { group_by: ['...'], group_wait: '0s', group_interval: '500ms', repeat_interval: '1h' };
  return {
    route: { receiver: 'webhook', ...soon },
    receivers: [{ name: 'webhook', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  };
}

/** Collects the alerts that arrive, and gives the address to send them to. */
async function startWebhook(owner: AsyncDisposableStack, notified: NotifiedAlert[]): Promise<string> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      notified.push(...(JSON.parse(body) as { alerts: NotifiedAlert[] }).alerts);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  owner.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/**
 * A real Prometheus with rules, the real Alertmanager it tells, and what that sends to a webhook; all on free loopback
 * ports, in a folder of their own that goes with them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RuleGroup } from '../../src/cli/rules/index.ts';
import { eventually, type QueryResult } from './prometheus-server.ts';

const SCRAPE_EVERY = '500ms';
const STOP_WITHIN_MS = 10_000;

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

/** How Prometheus got on with a rule. */
export interface RuleState {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly health: 'ok' | 'unknown' | 'err';
  readonly lastError?: string;
}

export interface Alerting extends AsyncDisposable {
  /** What has arrived at the webhook, in order. */
  readonly notified: readonly NotifiedAlert[];
  /** An instant query, now. */
  query(expr: string): Promise<readonly QueryResult[]>;
  rules(): Promise<readonly RuleState[]>;
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
  const alertmanager = await startServer(starting, 'prometheus-alertmanager', [
    `--config.file=${await write('alertmanager.yml', alertmanagerConfig(webhook))}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    '--cluster.listen-address=', // alone: it opens no port for others
  ]);
  const rules = await write('rules.yml', { groups });
  const prometheus = await startServer(starting, 'prometheus', [
    `--config.file=${await write('prometheus.yml', prometheusConfig(jobs, rules, alertmanager))}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
  ]);

  const running = starting.move();
  return {
    notified,
    async query(expr) {
      const path = `query?${new URLSearchParams({ query: expr }).toString()}`;
      const { result } = await ask<{ result: Sample[] }>(prometheus, path);
      return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async rules() {
      const { groups } = await ask<{ groups: { rules: RuleState[] }[] }>(prometheus, 'rules');
      return groups.flatMap((group) => group.rules);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, value: string];
}

async function ask<T>(address: string, path: string): Promise<T> {
  const answer = await fetch(`http://${address}/api/v1/${path}`);
  const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
  if (status !== 'success') throw new Error(`${path}: ${error}`);
  return data;
}

/** Every alert by itself, and at once. */
function alertmanagerConfig(webhook: string): object {
  const soon = { group_by: ['...'], group_wait: '0s', group_interval: '500ms', repeat_interval: '1h' };
  return {
    route: { receiver: 'webhook', ...soon },
    receivers: [{ name: 'webhook', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  };
}

function prometheusConfig(jobs: AlertingOptions['jobs'], rules: string, alertmanager: string): object {
  return {
    global: { scrape_interval: SCRAPE_EVERY, scrape_timeout: SCRAPE_EVERY },
    rule_files: [rules],
    scrape_configs: Object.entries(jobs).map(([job_name, target]) => ({
      job_name,
      static_configs: [{ targets: [target] }],
    })),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
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

/** Starts Prometheus or Alertmanager and gives its address: port 0 lets it choose a free one itself. */
async function startServer(owner: AsyncDisposableStack, program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, [...args, '--web.listen-address=127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  owner.defer(async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(force);
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', () => {
      const [, address] = /msg="Listening on".* address=(\S+)/.exec(log) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`${program} ended:\n${log}`)));
  });
  await eventually(
    () => fetch(`http://${address}/-/ready`).then(({ ok }) => ok),
    (ready) => ready,
  );
  return address;
}

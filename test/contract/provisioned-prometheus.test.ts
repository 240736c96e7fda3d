import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDemo } from '../support/demo-process.ts';
import { requirement } from '../support/installed.ts';
import { otlpReceiver } from '../support/otlp-receiver.ts';
import { eventually } from '../support/prometheus-server.ts';
import { mountsOf, type Service, services, stage } from './compose-file.ts';

const binary = requirement('prometheus');
const stack = services();

interface Prometheus extends AsyncDisposable {
  url(): Promise<string>;
}

interface Rule {
  readonly name: string;
  readonly health: 'ok' | 'unknown' | 'err';
  readonly lastError?: string;
}

test.skipIf(binary.skip)(
  `Prometheus as the stack starts it scrapes the demo as the stack starts it, with exemplars and rules${binary.note}`,
  async () => {
    const collector = await otlpReceiver();
    await using demo = startDemo(
      onLoopback(stack['demo']?.command ?? [], { 8080: '0', 'http://collector:4318': collector.url }),
    );
    const target = new URL(await demo.url()).host;
    await using prometheus = startProvisioned({ 'demo:8080': target, 'alertmanager:9093': '127.0.0.1:9' });
    const url = await prometheus.url();

    const scrape = await eventually(
      async () => (await ask<{ activeTargets: { scrapeUrl: string; health: string }[] }>(url, 'targets')).activeTargets,
      (targets) => targets.some(({ health }) => health === 'up'),
    );
    const exemplars = await eventually(
      () => ask<unknown[]>(url, 'query_exemplars?query=cancellation_latency_seconds_bucket&start=0&end=4e9'),
      (found) => found.length > 0,
    );
    const rules = await eventually(
      async () => (await ask<{ groups: { rules: Rule[] }[] }>(url, 'rules')).groups.flatMap((group) => group.rules),
      (found) => found.filter(({ health }) => health === 'ok').length > found.length / 2, // some take minutes
    );
    const spans = await eventually(
      () => Promise.resolve(collector.spans.length),
      (count) => count > 0,
    );
    await collector.close();

    expect(scrape).toMatchObject([{ scrapeUrl: `http://${target}/metrics`, health: 'up' }]);
    expect(exemplars).not.toEqual([]);
    expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
    expect(spans).toBeGreaterThan(0);
  },
  90_000,
);

/** Prometheus with the stack's files and arguments, its addresses replaced by some on loopback. */
function startProvisioned(addresses: Readonly<Record<string, string>>): Prometheus {
  const service = stack['prometheus'] as Service;
  const folder = mkdtempSync(join(tmpdir(), 'cancelscope-stack-'));
  stage(service, folder);
  const [{ target: config } = { target: '' }] = mountsOf(service);
  const text = readFileSync(join(folder, config), 'utf8');
  const replaced = Object.entries(addresses).reduce((text, [name, address]) => text.replace(name, address), text);
  writeFileSync(join(folder, config), replaced.replace(/(evaluation_interval): \w+/, '$1: 1s'));
  const args = (service.command ?? []).map((arg) => arg.replace('=/', `=${folder}/`));
  const child = spawn('prometheus', [...args, '--web.listen-address=127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  return {
    async url() {
      const line = /msg="Listening on".* address=(\S+)/;
      await eventually(
        () => Promise.resolve(log),
        (text) => line.test(text) || hasEnded(child),
      );
      const [, address] = line.exec(log) ?? [];
      if (address === undefined) throw new Error(`prometheus ended:\n${log}`);
      return `http://${address}`;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (!hasEnded(child)) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function onLoopback(args: readonly string[], replaced: Readonly<Record<string, string>>): string[] {
  return args.map((arg) => replaced[arg] ?? arg);
}

async function ask<T>(url: string, path: string): Promise<T> {
  const answer = await fetch(`${url}/api/v1/${path}`);
  const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
  if (status !== 'success') throw new Error(`${path}: ${error}`);
  return data;
}

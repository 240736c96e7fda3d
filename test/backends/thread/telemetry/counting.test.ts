import * as promClient from 'prom-client';
import { describe, expect, test } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import { CancellationToken } from '../../../../src/index.ts';
import type { TestClient } from '../../../support/client-packages.ts';
import type { Sample } from '../../../support/exposition.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { openerForTests } from '../../../support/open-in-test.ts';
import { type PrometheusSetUp, setUpPrometheus } from '../../../support/prometheus-set-up.ts';
import { monitorInTest } from '../../../support/record.ts';
import { agentForFile, agentsForTests, listen } from './scope-agent.ts';

guardLeaks();
const openInTest = openerForTests();
const startAgent = agentsForTests();
const agent = agentForFile({ name: 'Encoder 1' });
const { run } = agent;

/** A Prometheus monitor, registered until the test is over. */
function prometheus(): PrometheusSetUp {
  const setUp = setUpPrometheus(promClient as unknown as TestClient);
  monitorInTest(setUp.monitor);
  return setUp;
}

/** A token that the agent holds as `stop`. */
async function sharedToken(): Promise<CancellationToken> {
  const stop = new CancellationToken({ name: 'stop' });
  await run.attach('stop', shareToken(stop));
  return stop;
}

function labelled(samples: readonly Sample[]): string[] {
  return samples
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`);
}

describe('requests', () => {
  test.each([
    ['here', 'main'],
    ['there', 'encoder_1'],
  ])('made %s are accepted once over both threads, by the name of the thread', async (where, accepted) => {
    await using listening = await listen([agent]);
    const { scrape } = prometheus();
    const stop = await sharedToken();
    await run.start('render', { token: 'stop' });

    if (where === 'here') stop.cancel('shutdown');
    else await run.cancel('stop', 'shutdown');
    await run.cancel('stop', 'superseded');
    stop.cancel('superseded');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');
    const { find } = await scrape();

    expect(labelled(find('cancellation_requests_total')).toSorted()).toEqual([
      `shutdown ${accepted} accepted: 1`,
      'superseded encoder_1 redundant: 1',
      'superseded main redundant: 1',
    ]);
    expect(labelled(find('cancellation_propagation_width_count'))).toEqual([expect.stringMatching(/^shutdown: 1$/)]);
  });

  test('by more than 20 threads of different names count for _OTHER beyond the 20', async () => {
    await using listening = await listen([agent]);
    const { scrape } = prometheus();
    for (let i = 0; i < 25; i++) {
      await run.name(`worker-${i}`);
      await run.make('own');
      await run.cancel('own');
    }
    await run.name('Encoder 1');
    await listening.until(() => listening.of('cancelRequested').length === 25);

    const { find } = await scrape();

    const threads = find('cancellation_requests_total').map(({ labels }) => labels['source_thread']);
    expect(new Set(threads).size).toBe(21);
    expect(find('cancellation_requests_total', { source_thread: '_OTHER' }).map(({ value }) => value)).toEqual([5]);
  });
});

describe('delivery', () => {
  test('over the boundary thread has a sample for each scope there, by the thread that cancelled', async () => {
    await using listening = await listen([agent]);
    const { scrape } = prometheus();
    const scope = openInTest();
    await run.attach('request', shareToken(scope.token));
    await run.start('render', { token: 'request' });
    await run.start('encode', { token: 'request' });

    scope.cancel('disconnect');
    for (const name of ['render', 'encode']) await run.finish(name);
    await listening.heard('scopeSettled', 'encode');
    const { value } = await scrape();

    const thread = { boundary: 'thread', source_thread: 'main' };
    expect(value('cancellation_delivery_seconds_count', thread)).toBe(2);
    expect(value('cancellation_delivery_seconds_bucket', { ...thread, le: '+Inf' })).toBe(2);
    expect(value('cancellation_delivery_seconds_sum', thread)).toBeGreaterThan(0);
    expect(value('cancellation_delivery_seconds_count', { boundary: 'local', source_thread: 'main' })).toBe(1);
    for (const target of ['render', 'encode']) {
      const edge = { source: 'work', target, boundary: 'thread', result: 'delivered' };
      expect(value('cancellation_propagations_total', edge)).toBe(1);
    }
  });

  test('to a scope here, of a cancel there, has one too', async () => {
    await using listening = await listen([agent]);
    const { scrape } = prometheus();
    const scope = openInTest();
    await run.attach('request', shareToken(scope.token));

    await run.cancel('request', 'signal');
    await listening.heard('cancelDelivered', 'work');
    const { value } = await scrape();

    const labels = { boundary: 'thread', source_thread: 'encoder_1' };
    expect(value('cancellation_delivery_seconds_count', labels)).toBe(1);
  });

  test('and all other samples of many cancels both ways are in order: none is dropped', async () => {
    await using listening = await listen([agent]);
    const { scrape } = prometheus();

    for (let round = 0; round < 100; round++) {
      const stop = await sharedToken();
      await run.start('render', { token: 'stop' });
      if (round % 2 === 0) stop.cancel();
      else await run.cancel('stop');
      await run.listen('render');
      await run.finish('render');
    }
    await listening.heard('scopeSettled', 'render', 100);
    const { value } = await scrape();

    const own = (result: string): number =>
      value('cancellation_monitor_events_total', { monitor: 'prometheus', result });
    expect([own('dropped'), own('error')]).toEqual([0, 0]);
    expect(value('cancellation_latency_seconds_count', { scope: 'render' })).toBe(100);
    expect(value('cancellation_acknowledge_seconds_count', { scope: 'render' })).toBe(100);
  });
});

describe('gauges', () => {
  test('have the scopes of workers while they are open and pending, and are 0 again afterwards', async () => {
    await using listening = await listen([agent]);
    const { scrape } = prometheus();
    const read = async (): Promise<number[]> => {
      const { value } = await scrape();
      const labels = { scope: 'render' };
      return [value('cancellation_scopes_active', labels), value('cancellation_pending', labels)];
    };

    await run.start('render');
    await listening.heard('scopeOpened', 'render');
    const open = await read();
    await run.cancel('render');
    await listening.heard('cancelDelivered', 'render');
    const pending = await read();
    const oldest = (await scrape()).value('cancellation_oldest_pending_seconds', { scope: 'render' });
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    expect([open, pending, await read()]).toEqual([
      [1, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(oldest).toBeGreaterThan(0);
  });

  test('are 0 again when the worker was terminated; what it left behind counts as ended', async () => {
    await using listening = await listen();
    const { scrape } = prometheus();
    const { run, stop: terminate } = startAgent();
    await run.start('running');
    await run.start('pending');
    await run.cancel('pending', 'superseded');
    await run.start('stuck', { graceMs: 1 });
    await run.cancel('stuck', 'superseded');
    await listening.heard('zombieDetected', 'stuck');
    const before = await scrape();

    await terminate();
    await listening.heard('scopeSettled', undefined, 3);
    await listening.heard('zombieEnded', 'stuck');
    const after = await scrape();

    const sum = (exposition: typeof before, name: string): number =>
      exposition.find(name).reduce((total, { value }) => total + value, 0);
    const gauges = ['cancellation_scopes_active', 'cancellation_pending', 'cancellation_zombies'];
    expect(gauges.map((name) => sum(before, name))).toEqual([2, 1, 1]);
    expect(gauges.map((name) => sum(after, name))).toEqual([0, 0, 0]);
    expect(sum(after, 'cancellation_scopes_settled_total')).toBe(sum(after, 'cancellation_scopes_opened_total'));
    expect(after.value('cancellation_latency_seconds_count', { scope: 'pending' })).toBe(1);
  });
});

import { describe, expect, onTestFinished, test } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import { Claim } from '../../../../src/exporters/opentelemetry/claim.ts';
import { monitorOn } from '../../../../src/exporters/opentelemetry/monitor.ts';
import { settingsOf } from '../../../../src/exporters/opentelemetry/options.ts';
import { Providers } from '../../../../src/exporters/opentelemetry/providers.ts';
import { ScopeRecords } from '../../../../src/exporters/opentelemetry/scope-records.ts';
import { cancelScope, CancellationToken, type Scope } from '../../../../src/index.ts';
import { memorySdk } from '../../../exporters/opentelemetry/harness.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { monitorInTest } from '../../../support/record.ts';
import { agentForFile, agentsForTests, listen } from './scope-agent.ts';
import { startTracing, type Tracing } from './tracing.ts';

guardLeaks();
const startAgent = agentsForTests();
const agent = agentForFile({ name: 'thumbnailer' });
const DETACHED_TASK = new URL('agents/detached-task.ts', import.meta.url);
const { run } = agent;

/** Spans of this thread until the test is over. */
function tracing(spans?: 'all' | 'cancelled'): Tracing {
  const started = startTracing(spans);
  onTestFinished(() => started[Symbol.dispose]());
  return started;
}

/** Runs `body` in a scope in a span, its token with the agent as `request`. */
function request(tracing: Tracing, body: (scope: Scope) => Promise<void>): Promise<void> {
  return tracing.inSpan('http', () =>
    cancelScope('request', async (scope) => {
      await run.attach('request', shareToken(scope.token));
      await body(scope);
    }),
  );
}

describe('the span of a worker’s scope', () => {
  test('is a child of the span of the scope that sent its token; nested ones nest', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);

    await request(traced, async () => {
      await run.nest(['render', 'step', 'pixel'], { token: 'request' });
      await listening.heard('scopeSettled', 'render');
    });

    const { http, request: sender, render, step, pixel } = traced.spans();
    expect([render?.parentId, step?.parentId, pixel?.parentId]).toEqual([sender?.spanId, render?.spanId, step?.spanId]);
    expect(new Set([sender, render, step, pixel].map((span) => span?.traceId))).toEqual(new Set([http?.traceId]));
    expect(traced.count()).toBe(5);
  });

  test('says which thread it ran on, and lies in time within the one that sent it', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);

    await request(traced, async () => {
      await run.nest(['render'], { token: 'request', attributes: { width: 640 } });
      await listening.heard('scopeSettled', 'render');
    });

    const { request: sender, render } = traced.spans();
    expect(render?.attributes).toMatchObject({
      'thread.id': agent.worker.threadId,
      'thread.name': 'thumbnailer',
      'cancellation.outcome': 'completed',
      width: 640,
    });
    expect(sender?.attributes).not.toHaveProperty('thread.id');
    const times = [sender?.from, render?.from, render?.to, sender?.to].map((time) => Math.round(time ?? NaN));
    const ordered = times.every((time, index) => index === 0 || time >= (times[index - 1] ?? NaN) - 2);
    expect(ordered).toBe(true);
  });

  test('is still a child of that span when the scope that sent the token has ended meanwhile', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);

    await request(traced, async () => {});
    await run.nest(['afterwards'], { token: 'request' });
    await listening.heard('scopeSettled', 'afterwards');

    const { request: sender, afterwards } = traced.spans();
    expect(afterwards).toMatchObject({ parentId: sender?.spanId, traceId: sender?.traceId });
  });

  test('is a root where its token belongs to no scope: what is active here is no parent of it', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);

    await traced.inSpan('unrelated', async () => {
      await run.nest(['alone']);
      await listening.heard('scopeSettled', 'alone');
    });

    expect(traced.spans()['alone']?.parentId).toBeUndefined();
  });
});

describe('a worker that was started in the middle of a request', () => {
  test('has its task in that trace, and what is detached from it in none', async () => {
    const traced = tracing();
    await using listening = await listen();

    await traced.inSpan('http', () =>
      cancelScope('request', (scope) => scope.runInWorker(DETACHED_TASK, undefined, { name: 'task' })),
    );
    await listening.heard('scopeSettled', 'alone');

    const { http, request: sender, task, alone, ...others } = traced.spans();
    expect(others).toEqual({});
    expect([sender?.traceId, task?.traceId]).toEqual([http?.traceId, http?.traceId]);
    expect(alone?.parentId).toBeUndefined();
  });
});

describe('the span of a cancel that crossed threads', () => {
  test('links to the span where cancel() was called here', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);
    const stop = new CancellationToken({ name: 'stop' });
    await run.attach('stop', shareToken(stop));
    await run.start('render', { token: 'stop' });

    traced.inSpan('click', () => stop.cancel('manual', 'stop was pressed'));
    await run.listen('render');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    const { click, render, 'cancel render': cancel } = traced.spans();
    expect(cancel).toMatchObject({ parentId: render?.spanId, linkedTo: [click?.spanId] });
    expect(cancel?.attributes).toMatchObject({
      'cancellation.boundary': 'thread',
      'cancellation.reason': 'parent',
      'cancellation.root_reason': 'manual',
      'cancellation.source.thread.name': 'main',
      'cancellation.source.thread.id': 0,
      'thread.id': 0,
      'thread.name': 'main',
      'cancellation.delivery.duration': expect.any(Number),
      'cancellation.latency': expect.any(Number),
    });
  });

  test('names the worker as the source where that cancelled', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);
    const work = request(traced, async (scope) => {
      await run.cancel('request', 'condition');
      scope.throwIfCancelled();
    });

    await work.catch(() => {});
    await listening.heard('scopeSettled', 'request');

    const { 'cancel request': cancel } = traced.spans();
    expect(cancel?.attributes).toMatchObject({
      'cancellation.boundary': 'thread',
      'thread.id': agent.worker.threadId,
      'thread.name': 'thumbnailer',
    });
    expect(cancel?.linkedTo).toEqual([]);
  });

  test('under spans: cancelled there are spans of what was cancelled and no others, in the trace of the sender', async () => {
    const traced = tracing('cancelled');
    await using listening = await listen([agent]);

    await request(traced, async (scope) => {
      await run.nest(['done'], { token: 'request' });
      await run.start('render', { token: 'request' });
      traced.inSpan('click', () => scope.cancel());
      await run.finish('render');
      await listening.heard('scopeSettled', 'render');
    }).catch(() => {});

    const { http, click, render, 'cancel render': cancel, ...others } = traced.spans();
    expect(Object.keys(others).toSorted()).toEqual(['cancel request', 'request']);
    expect(render).toMatchObject({ traceId: http?.traceId, parentId: http?.spanId });
    expect(cancel).toMatchObject({ parentId: render?.spanId, linkedTo: [click?.spanId] });
  });
});

describe('a worker with an OpenTelemetry SDK of its own', () => {
  test('has a span of its scope there, under the sender’s, beside the one here', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);
    await run.trace();

    await request(traced, async () => {
      await run.nest(['render', 'step'], { token: 'request' });
      await listening.heard('scopeSettled', 'render');
    });
    const there = await run.traced();

    const here = traced.spans();
    expect(there['render']).toMatchObject({ traceId: here['http']?.traceId, parentId: here['request']?.spanId });
    expect(there['step']?.parentId).toBe(there['render']?.spanId);
    expect(here['render']).toMatchObject({ traceId: here['http']?.traceId, parentId: here['request']?.spanId });
    expect([Object.keys(there).length, traced.count()]).toEqual([2, 4]);
  });

  test('is linked to from here when it cancelled', async () => {
    const traced = tracing();
    await using listening = await listen([agent]);
    await run.trace();

    await request(traced, async (scope) => {
      await run.cancelInSpan('key', 'request');
      scope.throwIfCancelled();
    }).catch(() => {});
    await listening.heard('scopeSettled', 'request');
    const { key } = await run.traced();

    expect(traced.spans()['cancel request']?.linkedTo).toEqual([key?.spanId]);
  });
});

describe('W2: what is remembered of a worker’s scopes for their spans', () => {
  test('is dropped with the worker, zombies too', async () => {
    const providers = new Providers();
    const sdk = memorySdk();
    providers.setTracerProvider(sdk.tracerProvider);
    providers.setLoggerProvider(sdk.loggerProvider);
    const records = new ScopeRecords();
    monitorInTest(monitorOn(providers, settingsOf({ metrics: 'off' }), new Claim(true), records));
    await using listening = await listen();
    const { run, stop: terminate } = startAgent();
    await run.open('open');
    await run.start('stuck', { graceMs: 1 });
    await run.cancel('stuck');
    await listening.heard('scopeSettled', 'stuck');
    const before = records.size;

    await terminate();
    await listening.heard('scopeSettled', 'open');

    expect([before, records.size]).toEqual([2, 0]);
  });
});

import { once } from 'node:events';
import { createServer, get, request as nodeRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Agent, fetch as undiciFetch, request as undiciRequest } from 'undici';
import { cancelScope, CancellationToken, isCancelled } from '../../src/index.ts';
import { cancelIn } from '../../src/register/outgoing-end.ts';
import { startNodeClient } from '../../src/register/outgoing-node.ts';
import { startUndici } from '../../src/register/outgoing-undici.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { eventually } from '../support/prometheus-server.ts';
import { record } from '../support/record.ts';

guardLeaks();
startUndici();
startNodeClient();

interface Service {
  readonly url: string;
  /** Resolves when a request has come. */
  readonly asked: Promise<void>;
}

/** `/ok` answers, `/hang` does not, `/stream` begins to, `/reset` breaks the connection. */
async function service(): Promise<Service> {
  const asked = deferred();
  const server = createServer(({ url }, response) => {
    if (url === '/ok') response.end('done');
    if (url === '/stream') response.write('first part');
    if (url === '/reset') response.destroy();
    asked.resolve();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: asked.promise };
}

/** Calls `url`; `begun` is called when the answer has begun. */
type Call = (url: string, signal?: AbortSignal, begun?: () => void) => Promise<unknown>;

const dispatcher = (): Agent => {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return agent;
};

const WAYS: Record<string, Call> = {
  fetch: async (url, signal, begun) => {
    const response = await fetch(url, signal && { signal });
    begun?.();
    return response.text();
  },
  'fetch of undici': async (url, signal, begun) => {
    const response = await undiciFetch(url, { dispatcher: dispatcher(), ...(signal && { signal }) });
    begun?.();
    return response.text();
  },
  'request of undici': async (url, signal, begun) => {
    const { body } = await undiciRequest(url, { dispatcher: dispatcher(), ...(signal && { signal }) });
    begun?.();
    return body.text();
  },
  'get of node:http': (url, signal, begun) =>
    new Promise((resolve, reject) => {
      const request = get(url, { agent: false, ...(signal && { signal }) }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('error', reject);
        response.on('end', () => resolve(text));
        begun?.();
      });
      request.on('error', reject);
    }),
};

/** Calls with `signal`, waits until that is where `path` leads, and runs `abort`. */
async function abortAt(path: string, call: Call, signal: AbortSignal, abort: () => void): Promise<unknown> {
  const { url, asked } = await service();
  const begun = deferred();
  const failed = caught(call(url + path, signal, begun.resolve));
  await (path === '/hang' ? asked : begun.promise);
  abort();
  return failed;
}

/** How the calls of a test ended, once one has. */
async function reasonsOf(recorded: ReturnType<typeof record>): Promise<string[]> {
  const settled = await eventually(
    () => Promise.resolve(recorded.of('scopeSettled')),
    (all) => all.length > 0,
  );
  return settled.map(({ outcome, cause }) => {
    if (cause === undefined) return outcome;
    return `${outcome}: ${cause.reason}${cause.parent === undefined ? '' : ` of ${cause.root.reason}`}`;
  });
}

describe.each(Object.entries(WAYS))('%s', (way, call) => {
  test('Z8, Z9: a call that is answered is a scope that completes, called by its method', async () => {
    const { url } = await service();
    const recorded = record();

    expect(await call(`${url}/ok`)).toBe('done');

    expect(await reasonsOf(recorded)).toEqual(['completed']);
    expect(recorded.of('scopeOpened').map(({ name }) => name)).toEqual(['outgoing:get']);
  });

  describe.each(['/hang', '/stream'])('ended at %s', (path) => {
    // undici's request does not say why, once the answer has begun.
    const says = (reason: string): string => (way === 'request of undici' && path === '/stream' ? 'abort' : reason);

    test('Z7, Z9: by an abort: abort', async () => {
      const recorded = record();
      const controller = new AbortController();

      await abortAt(path, call, controller.signal, () => controller.abort());

      expect(await reasonsOf(recorded)).toEqual(['cancelled: abort']);
    });

    test('Z7, Z9: by a timeout: timeout', async () => {
      const recorded = record();
      const controller = new AbortController();
      const late = new DOMException('late', 'TimeoutError'); // what AbortSignal.timeout aborts with

      await abortAt(path, call, controller.signal, () => controller.abort(late));

      expect(await reasonsOf(recorded)).toEqual([`cancelled: ${says('timeout')}`]);
    });

    test('Z7, Z9: by a token of ours: its cause', async () => {
      const recorded = record();
      const token = new CancellationToken({ name: 'editor' });

      const error = await abortAt(path, call, token.signal, () => void token.cancel('superseded', 'newer input'));

      expect(isCancelled(error, 'superseded')).toBe(true);
      expect(await reasonsOf(recorded)).toEqual([`cancelled: ${says('parent of superseded')}`]);
    });
  });

  test('Z7: by AbortSignal.timeout: timeout', async () => {
    // Again with more time, if the call had not got there: a fetch without a connection has no reason.
    for (let delayMs = 20; ; delayMs *= 2) {
      const { url, asked } = await service();
      const recorded = record();
      let reached = false;
      void asked.then(() => (reached = true));

      await caught(call(`${url}/hang`, AbortSignal.timeout(delayMs)));
      const reasons = await reasonsOf(recorded);

      if (!reached) continue;
      expect(reasons).toEqual(['cancelled: timeout']);
      return;
    }
  });

  test('Z7: a connection that breaks: failed', async () => {
    const { url } = await service();
    const recorded = record();

    await caught(call(`${url}/reset`));

    expect(await reasonsOf(recorded)).toEqual(['failed']);
  });

  test('Z6, Z20: a call in a scope is no part of it, and a cancel of the scope that the call has not heard of is none of it', async () => {
    const { url } = await service();
    const recorded = record();

    const value = await cancelScope('outer', async (scope) => {
      scope.cancel();
      return scope.shield(() => call(`${url}/ok`));
    }).catch(() => 'cancelled');

    expect(value).toBe('cancelled');
    await eventually(
      () => Promise.resolve(recorded.events.filter(({ scope }) => scope === 'outgoing:get')),
      (events) => events.some(({ hook }) => hook === 'scopeSettled'),
    );
    expect(recorded.sequence('outgoing:get')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(recorded.of('scopeOrphaned')).toEqual([]);
  });
});

test('Z7: undici’s own timeout of the headers is timeout', async () => {
  const { url } = await service();
  const recorded = record();

  await caught(undiciRequest(`${url}/hang`, { dispatcher: dispatcher(), headersTimeout: 1 }));

  expect(await reasonsOf(recorded)).toEqual(['cancelled: timeout']);
});

test('Z8: an upgrade is left out', async () => {
  const { url } = await service();
  const recorded = record();

  const request = nodeRequest(`${url}/ok`, { agent: false, headers: { upgrade: 'x', connection: 'upgrade' } });
  request.on('error', () => {}).end();
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
  response.resume();
  await once(response, 'end');

  expect(recorded.events).toEqual([]);
});

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

test.each([
  ['a string', 'why', { reason: 'abort', message: 'why' }],
  ['nothing', undefined, { reason: 'abort', message: undefined }],
  ['a plain object', { message: 'no error' }, { reason: 'abort', message: 'no error' }],
  ['an error', new Error('broken'), undefined],
  ['a reset', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), undefined],
  ['an abort', new DOMException('stop', 'AbortError'), { reason: 'abort', message: 'stop' }],
  ['a timeout', new DOMException('late', 'TimeoutError'), { reason: 'timeout', message: 'late' }],
  [
    'an abort around a timeout',
    Object.assign(new Error('x'), { name: 'AbortError', cause: new DOMException('late', 'TimeoutError') }),
    { reason: 'timeout', message: 'late' },
  ],
  [
    'an abort around null',
    Object.assign(new Error('x'), { code: 'ABORT_ERR', cause: null }),
    { reason: 'abort', message: 'x' },
  ],
  ['a revoked proxy', revoked(), { reason: 'abort', message: undefined }],
])('Z7: an end with %s', (_what, error, is) => {
  const found = cancelIn(error);

  expect(found && { reason: found.reason, message: found.message }).toEqual(is);
});

import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { metricsHandler, prometheusMonitor, type ServedRegistry } from '../../../src/exporters/prometheus/index.ts';
import { CLIENTS, OPEN_METRICS, PLAIN } from '../../support/client-packages.ts';

const running: { close(): void }[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Serves `registry` on a free loopback port; gives a function that asks it. */
async function serve(registry: ServedRegistry): Promise<(method: string) => Promise<Answer>> {
  const server = createServer(metricsHandler(registry));
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return (method) =>
    new Promise((resolve, reject) => {
      const req = request({ port, method, host: '127.0.0.1', path: '/metrics', agent: false }, (res) => {
        let body = '';
        res.setEncoding('utf8');
        res.on('data', (chunk: string) => (body += chunk));
        res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body }));
      });
      req.on('error', reject);
      req.end();
    });
}

describe.each(CLIENTS)('with %s', (_, client) => {
  test.each([PLAIN, OPEN_METRICS] as const)(
    'answers GET with the metrics in the format of the registry: %s',
    async (type) => {
      const registry = new client.Registry(type);
      prometheusMonitor({ registry });
      const ask = await serve(registry);

      const { status, headers, body } = await ask('GET');

      expect(status).toBe(200);
      expect(headers['content-type']).toBe(type);
      expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
      expect(headers['cache-control']).toBe('no-store');
      expect(body).toContain('cancellation_build_info{version="');
    },
  );

  test('answers HEAD like GET, without the body', async () => {
    const registry = new client.Registry();
    prometheusMonitor({ registry });
    const ask = await serve(registry);

    const get = await ask('GET');
    const head = await ask('HEAD');

    expect(head.status).toBe(200);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.body).toBe('');
  });
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('answers %s with 405 and what is allowed', async (method) => {
  const ask = await serve({ contentType: PLAIN, metrics: () => 'x 1\n' });

  const { status, headers } = await ask(method);

  expect(status).toBe(405);
  expect(headers['allow']).toBe('GET, HEAD');
});

test.each<[string, ServedRegistry]>([
  ['rejects', { contentType: PLAIN, metrics: () => Promise.reject(new Error('password=hunter2')) }],
  [
    'throws',
    {
      contentType: PLAIN,
      metrics: () => {
        throw new Error('password=hunter2');
      },
    },
  ],
  ['gives no text', { contentType: PLAIN, metrics: () => undefined as unknown as string }],
  ['has a content type no header may have', { contentType: 'text/plain\n', metrics: () => 'x 1\n' }],
])('answers 500 and tells no secret when collecting %s', async (_, registry) => {
  const ask = await serve(registry);

  const { status, headers, body } = await ask('GET');

  expect(status).toBe(500);
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(body).toBe('the metrics could not be collected\n');
});

test('goes on serving after a client that left while it collected', async () => {
  const collecting: ((text: string) => void)[] = [];
  const registry = { contentType: PLAIN, metrics: () => new Promise<string>((resolve) => collecting.push(resolve)) };
  const server = createServer();
  const left = new Promise<void>((resolve) => {
    server.once('request', (_req, res: ServerResponse) => res.once('close', resolve));
  });
  server.on('request', metricsHandler(registry));
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const impatient = request({ port, host: '127.0.0.1', agent: false });
  impatient.on('error', () => undefined);
  const asked = once(server, 'request');
  impatient.end();
  await asked;
  impatient.destroy();
  await left;

  collecting[0]?.('x 1\n');
  const next = fetch(`http://127.0.0.1:${port}/metrics`);
  await once(server, 'request');
  collecting[1]?.('x 2\n');

  expect(await (await next).text()).toBe('x 2\n');
});

test('goes on serving after a failure', async () => {
  let fails = true;
  const metrics = (): Promise<string> => (fails ? Promise.reject(new Error('once')) : Promise.resolve('x 1\n'));
  const ask = await serve({ contentType: PLAIN, metrics });

  const first = await ask('GET');
  fails = false;
  const second = await ask('GET');

  expect([first.status, second.status, second.body]).toEqual([500, 200, 'x 1\n']);
});

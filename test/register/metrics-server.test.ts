import { once } from 'node:events';
import { get, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startHttpServer } from '../../src/register/http-server.ts';
import { serveMetrics } from '../../src/register/metrics-server.ts';
import { record } from '../support/record.ts';
import { bytesOf } from '../support/register-bytes.ts';

startHttpServer();

const registry = { contentType: 'text/plain; version=0.0.4', metrics: () => 'up 1\n' };

async function served(host = '127.0.0.1', metrics: () => string = registry.metrics): Promise<[Server, number]> {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const server = serveMetrics({ ...registry, metrics }, { host, port: 0 });
  await once(server, 'listening');
  onTestFinished(() => {
    vi.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });
  return [server, (server.address() as AddressInfo).port];
}

async function status(port: number, path: string, headers: Record<string, string> = {}): Promise<number> {
  const request = get({ host: '127.0.0.1', port, path, headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode as number;
}

describe('Z14: what comes in', () => {
  test.each([
    ['/metrics', {}, 200],
    ['/metrics?name[]=x', {}, 200],
    ['/', {}, 404],
    ['//metrics', {}, 404],
    ['/%00%ff', {}, 404],
    [`/${'x'.repeat(8000)}`, {}, 404],
    ['/metrics', { host: 'localhost:9464' }, 200],
    ['/metrics', { host: '[::1]:9464' }, 200],
    ['/metrics', { host: 'attacker.example' }, 403],
    ['/metrics', { host: '127.0.0.1.attacker.example' }, 403],
  ])('%s with %o: %i', async (path, headers, expected) => {
    const [, port] = await served();

    expect(await status(port, path, headers as Record<string, string>)).toBe(expected);
  });

  test.each(['what is this\r\n\r\n', '\0\0\0\0\r\n\r\n', 'GET /metrics HTTP/9.9\r\n\r\n'])(
    '%j: 400, and the server goes on',
    async (bytes) => {
      const [, port] = await served();

      expect(await bytesOf(port, bytes)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(await status(port, '/metrics')).toBe(200);
    },
  );

  test('a connection that is reset in the middle of its request harms nobody', async () => {
    const [server, port] = await served();
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => socket.on('close', resolve));
    });
    const client = connect(port, '127.0.0.1', () => client.write('GET /metrics HT', () => client.resetAndDestroy()));
    client.on('error', () => {});
    await closed;

    expect(await status(port, '/metrics')).toBe(200);
  });

  test('a registry that fails: 500', async () => {
    const [, port] = await served('127.0.0.1', () => {
      throw new Error('secret');
    });

    expect(await status(port, '/metrics')).toBe(500);
  });
});

test('Z14: where another host was asked for, any name will do', async () => {
  const [, port] = await served('0.0.0.0');

  expect(await status(port, '/metrics', { host: 'service.internal' })).toBe(200);
});

test('its own clients are observed by nobody', async () => {
  const recorded = record();
  const [, port] = await served();

  await status(port, '/metrics');

  expect(recorded.events).toEqual([]);
});

test('Z15: a port that is taken is said, with the variable’s name; who was forked says nothing', async () => {
  const taken = createNetServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
  onTestFinished(() => void vi.restoreAllMocks());
  const forked = process.channel;
  onTestFinished(() => void Object.defineProperty(process, 'channel', { value: forked, configurable: true }));

  for (const channel of [{}, undefined]) {
    Object.defineProperty(process, 'channel', { value: channel, configurable: true });
    const server = serveMetrics(registry, { host: '127.0.0.1', port });
    await new Promise((resolve) => server.once('error', resolve));
  }

  expect(warnings.mock.calls.map(([message]) => message)).toEqual([
    expect.stringMatching(/CANCELSCOPE_METRICS_PORT.*EADDRINUSE/),
  ]);
});

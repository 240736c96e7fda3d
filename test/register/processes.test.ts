/** Zero-code mode in whole programs: how they start and end, and their threads and children. */
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/prometheus-server.ts';
import { REGISTER, startProgram } from '../support/register-run.ts';

/** Goes away when the server has begun. */
async function leave(port: number): Promise<void> {
  const request = get({ host: '127.0.0.1', port, path: '/hang', agent: false });
  request.on('error', () => {});
  await once(request, 'information');
  request.destroy();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('Z15: a program that has nothing left to do ends, whatever is on', async () => {
  const env = { CANCELSCOPE_AUTO: 'all', CANCELSCOPE_METRICS_PORT: '0', CANCELSCOPE_LOG: 'cancels' };
  const program = startProgram('idle.mjs', { env });

  expect(await program.exit()).toBe(0);
  expect(program.stdout()).toBe('done\n');
});

test('a program is not said anything to unless asked', async () => {
  const program = startProgram('idle.mjs');

  expect(await program.exit()).toBe(0);
  expect(program.stderr()).toBe('');
});

test('Z3, Z4: with every variable wrong the program runs, and each is named once', async () => {
  const env = {
    CANCELSCOPE_AUTO: 'everything',
    CANCELSCOPE_METRICS_PORT: 'http',
    CANCELSCOPE_LOG: 'yes',
    CANCELSCOPE_CALL_SITES: 'yes',
  };
  const program = startProgram('idle.mjs', { env });

  expect(await program.exit()).toBe(0);
  expect(program.stdout()).toBe('done\n');
  for (const name of Object.keys(env)) expect(program.stderr().split(`register: ${name}`)).toHaveLength(2);
});

test('Z3: started twice, by both copies, it observes once', async () => {
  const twice = ['--require', REGISTER.replace(/\.js$/, '.cjs')];
  const program = startProgram('express-app.cjs', { nodeArgs: twice, env: { CANCELSCOPE_METRICS_PORT: '0' } });
  await leave(await program.port());

  const metrics = await program.metrics((metrics) => metrics('cancellation_http_disconnects_total') > 0);

  expect(metrics('cancellation_http_disconnects_total')).toBe(1);
  expect(metrics('cancellation_scopes_opened_total')).toBe(1);
});

test('each cancel is a line on stderr, if that is asked for', async () => {
  const program = startProgram('express-app.mjs', { env: { CANCELSCOPE_LOG: 'cancels' } });
  await leave(await program.port());

  const line = await program.printed(/^(cancelscope: .*)$/m);

  expect(line).toMatch(/^cancelscope: http:get cancelled: disconnect, after \d+ ms$/);
});

test('off observes nothing', async () => {
  const env = { CANCELSCOPE_AUTO: 'off', CANCELSCOPE_LOG: 'cancels', CANCELSCOPE_METRICS_PORT: '0' };
  const program = startProgram('express-app.mjs', { env });
  const port = await program.port();
  await leave(port);
  await fetch(`http://127.0.0.1:${port}/fast`);

  expect(program.stderr()).toBe('');
});

describe('worker threads', () => {
  test('Z18: what a worker’s server observes is counted on the main thread', async () => {
    const program = startProgram('many-threads.mjs', { env: { CANCELSCOPE_METRICS_PORT: '0' } });
    const port = await program.port();
    for (let made = 0; made < 20; made++) await leave(port);

    const metrics = await program.metrics((metrics) => metrics('cancellation_scopes_settled_total') === 20);

    expect(metrics('cancellation_http_disconnects_total', { method: 'GET', phase: 'before_headers' })).toBe(20);
    expect(metrics('cancellation_requests_total', { reason: 'disconnect', source_thread: 'worker' })).toBe(20);
    expect(program.stderr()).not.toContain('register:');
  });

  test('Z18: a worker that is terminated takes what it had open along', async () => {
    const program = startProgram('many-threads.mjs', { env: { CANCELSCOPE_METRICS_PORT: '0' } });
    const port = await program.port();
    const request = get({ host: '127.0.0.1', port, path: '/hang', agent: false });
    request.on('error', () => {});
    await once(request, 'information');
    await program.metrics((metrics) => metrics('cancellation_scopes_active') === 1);

    process.kill(program.pid, 'SIGUSR2');
    const metrics = await program.metrics((metrics) => metrics('cancellation_scopes_active') === 0);

    expect(metrics('cancellation_scopes_settled_total')).toBe(1);
  });
});

test.each(['fork', 'cluster'])('Z15: of several processes (%s) one has the port, and nobody complains', async (how) => {
  const metricsPort = await freePort();
  const env = { CANCELSCOPE_METRICS_PORT: String(metricsPort) };
  const program = startProgram('many-processes.cjs', { env, args: [how] });
  const port = await program.port();

  const answer = await eventually(
    async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    (text) => text.includes('cancellation_build_info'),
  );
  await fetch(`http://127.0.0.1:${port}/`);
  const again = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();

  expect(answer).toContain('cancellation_build_info');
  expect(again).not.toContain('scope="http:get"'); // those of the first process, which serves nobody
  expect(program.stderr()).toBe('');
});

interface FoundSpan {
  readonly name: string;
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly Readonly<Record<string, unknown>>[];
}

describe('with an OpenTelemetry SDK that the program starts', () => {
  test('Z16: a cancelled request’s span hangs on the span of stock instrumentation-http; others have none', async () => {
    const program = startProgram('traced-service.cjs');
    const port = await program.port();
    const base = `http://127.0.0.1:${port}`;
    await (await fetch(`${base}/fast`)).text();
    await leave(port);

    const spans = await eventually(
      async () => (await (await fetch(`${base}/spans`)).json()) as FoundSpan[],
      (found) => found.some(({ attributes }) => attributes['url.path'] === '/hang'),
    );

    const server = spans.find(({ attributes }) => attributes['url.path'] === '/hang');
    const ours = spans.filter(({ name }) => name.includes('http:get'));
    expect(ours.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'cancel http:get',
      'http:get',
    ]);
    const scope = ours.find(({ name }) => name === 'http:get');
    const cancel = ours.find(({ name }) => name !== 'http:get');
    expect(scope).toMatchObject({ trace: server?.trace, parent: server?.id });
    expect(cancel).toMatchObject({ trace: server?.trace, parent: scope?.id });
    expect(cancel?.attributes['cancellation.reason']).toBe('disconnect');
    expect(program.stderr()).not.toContain('register:');
  });

  test('OTEL_SDK_DISABLED sends nothing', async () => {
    const program = startProgram('traced-service.cjs', { env: { OTEL_SDK_DISABLED: 'true' } });
    const port = await program.port();
    await leave(port);

    const spans = (await (await fetch(`http://127.0.0.1:${port}/spans`)).json()) as FoundSpan[];

    expect(spans).toEqual([]);
  });
});

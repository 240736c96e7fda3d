import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startDemo } from '../support/demo-process.ts';
import { requirement } from '../support/installed.ts';
import { otlpReceiver } from '../support/otlp-receiver.ts';
import { eventually } from '../support/prometheus-server.ts';

vi.setConfig({ testTimeout: 60_000 });

const prometheusBinary = requirement('prometheus');
const promtool = requirement('promtool');
const script = requirement('script');

const ANYWHERE = ['--port', '0', '--seed', '4711'];
const ALONE = [...ANYWHERE, '--no-prometheus'];
const ESCAPE = '\u001b';

describe('without a terminal', () => {
  test('it ends by itself, with 0 and a summary, and prints plain lines', async () => {
    await using demo = startDemo([...ALONE, '--duration', '2s']);

    const code = await demo.exit();

    expect({ code, stderr: demo.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(demo.stdout()).not.toContain(ESCAPE);
    expect(demo.stdout()).toMatch(/seed 4711\n/);
    expect(demo.stdout()).toMatch(/^ +\d\.\d s {2}requests \d+ {2}open \d+ {2}pending \d+/m);
    expect(demo.stdout()).toMatch(/^summary: \d+ requests in \d\.\d s$/m);
    expect(demo.stdout()).toMatch(/^shutdown +\d/m);
    expect(demo.stdout()).not.toContain('unexpected');
  });

  test('it takes a free port when its own is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await using demo = startDemo(['--no-prometheus', '--port', String(port)]);

    const text = await demo.page('/metrics');

    other.close();
    expect(text).toContain('cancellation_build_info');
    expect(new URL(await demo.url()).port).not.toBe(String(port));
  });

  test('Ctrl-C stops it cleanly: 0, and a summary', async () => {
    await using demo = startDemo(ALONE);
    await demo.printed(/requests [1-9]/);

    demo.signal('SIGINT');

    const code = await demo.exit();
    expect({ code, stderr: demo.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(demo.stdout()).toMatch(/^note: stopping: SIGINT$/m);
    expect(demo.stdout()).toMatch(/^summary: \d+ requests/m);
  });

  test.skipIf(process.platform !== 'linux').each([
    { args: [], reached: false },
    { args: ['--host', '0.0.0.0'], reached: true },
  ])('$args: whether others reach it than this machine as itself: $reached', async ({ args, reached }) => {
    await using demo = startDemo([...ALONE, ...args]);
    const other = (await demo.url()).replace('127.0.0.1', '127.0.0.2'); // loopback too, but not the address it listens on

    const answer = fetch(`${other}/metrics`).then(({ ok }) => ok);

    expect(await answer.catch(() => false)).toBe(reached);
  });

  test('--otlp sends the spans to a collector, those of cancels and those they belong to', async () => {
    const collector = await otlpReceiver();
    await using demo = startDemo([...ALONE, '--otlp', collector.url, '--duration', '3s']);

    const code = await demo.exit();

    const names = collector.spans.map(({ name }) => name);
    await collector.close();
    expect({ code, stderr: demo.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(names).toContain('cancel get:/search');
    expect(names).toContain('GET /search');
  });

  test('a collector that is not there is named at the end, and changes nothing else', async () => {
    await using demo = startDemo([...ALONE, '--otlp', 'http://127.0.0.1:9', '--duration', '2s']);

    const code = await demo.exit();

    expect({ code, stderr: demo.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(demo.stdout()).toMatch(/spans could not be sent: .*ECONNREFUSED/);
  });

  test('an option it cannot take ends it with 2 and says how', async () => {
    await using demo = startDemo(['--duration', 'soon']);

    const code = await demo.exit();

    expect(code).toBe(2);
    expect(demo.stderr()).toContain('--duration is a time such as 10s, not soon');
  });
});

describe('with a Prometheus that does not stop', () => {
  let folder = '';
  let stubborn = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cancelscope-stubborn-'));
    stubborn = join(folder, 'prometheus');
    const source = `#!${process.execPath}\nprocess.on('SIGTERM', () => {});\nsetInterval(() => {}, 1_000);\n`;
    await writeFile(stubborn, source);
    await chmod(stubborn, 0o755);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a second Ctrl-C ends it at once, with 130', async () => {
    await using demo = startDemo([...ANYWHERE, '--prometheus', stubborn]);
    await demo.printed(/requests [1-9]/);

    const pressing = setInterval(() => demo.signal('SIGINT'), 350);

    const code = await demo.exit();
    clearInterval(pressing);
    expect(code).toBe(130);
    expect(demo.stdout()).not.toContain('summary');
  });
});

describe.skipIf(script.skip)(`on a terminal${script.note}`, () => {
  test('it draws a screen as large as the terminal, shows spans at s, and ends at q with the terminal as it was', async () => {
    await using demo = startDemo(ALONE, { columns: 100, rows: 30 });
    await demo.printed(/last causes[^]*stopped after/);

    demo.type('s');
    await demo.printed(/last spans of cancelled work[^]*cancel get:/);
    demo.type('q');

    const code = await demo.exit();
    const frames = demo.stdout().split(`${ESCAPE}[H`).slice(1, -1);
    expect(code).toBe(0);
    expect(new Set(frames.map((frame) => frame.split('\r\n').length))).toEqual(new Set([30]));
    expect(demo.stdout().indexOf(`${ESCAPE}[?25l`)).toBeLessThan(demo.stdout().indexOf(`${ESCAPE}[?25h`));
    expect(demo.stdout().split(`${ESCAPE}[?1049l`)[1]).toContain('summary: ');
  });
});

test.skipIf(prometheusBinary.skip)(
  `--prometheus starts one that scrapes it, and takes it along at the end${prometheusBinary.note}`,
  async () => {
    await using demo = startDemo([...ANYWHERE, '--prometheus']);
    const [, url = ''] = await demo.printed(/prometheus (http:\S+)/);

    const up = await eventually(async () => (await fetch(`${url}/api/v1/query?query=up`)).text(), isUp);
    demo.signal('SIGINT');

    expect(await demo.exit()).toBe(0);
    expect(JSON.parse(up)).toMatchObject({ data: { result: [{ metric: { job: 'demo' } }] } });
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  },
);

test.skipIf(promtool.skip)(`promtool has nothing against its plain text${promtool.note}`, async () => {
  await using demo = startDemo([...ALONE, '--format', 'plain']);
  const text = await demo.page('/metrics', (page) => page.includes('outcome="abandoned"} 1'));

  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });

  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
});

test('what it imports, a user imports from the package', () => {
  const header = readFileSync(new URL('../../demo/cancelscope.ts', import.meta.url), 'utf8').split('*/')[0] ?? '';
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };

  const entries = Array.from(header.matchAll(/from 'cancelscope(\/\w+)?'/g), ([, path = '']) => `.${path}`);

  expect(entries).toHaveLength(5);
  expect(Object.keys(exports)).toEqual(expect.arrayContaining(entries));
});

function isUp(body: string): boolean {
  return /"value":\[[\d.]+,"1"\]/.test(body);
}

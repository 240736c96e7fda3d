import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOptions } from '../../demo/options.ts';
import { requirement } from '../support/installed.ts';
import {
  COMPOSE_FOLDER,
  mountsOf,
  parsed,
  provisioned,
  PROVISIONING_FOLDER,
  type Service,
  services,
  stage,
} from './compose-file.ts';
import { DASHBOARDS_FOLDER } from './dashboard-file.ts';

interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly isDefault?: boolean;
  readonly jsonData: {
    readonly timeInterval?: string;
    readonly exemplarTraceIdDestinations?: readonly { readonly name: string; readonly datasourceUid: string }[];
  };
}

const promtool = requirement('promtool');
const amtool = requirement('amtool');
const PINNED = /^[a-z0-9./-]+:v?\d+\.\d+\.\d+(-[a-z]+)*$/;

const stack = services();
const demo = readOptions(stack['demo']?.command ?? []);
const prometheus = provisioned('prometheus/prometheus.yml') as { global: { scrape_interval: string } };
const { datasources } = provisioned('grafana/datasources/cancelscope.yaml') as { datasources: readonly DataSource[] };
const { providers } = provisioned('grafana/dashboards/cancelscope.yaml') as {
  providers: readonly { options: { path: string } }[];
};
const tempo = provisioned('tempo/tempo.yaml') as {
  server: { http_listen_port: number };
  distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: string } } } } };
};
const collector = provisioned('collector/collector.yaml') as {
  receivers: { otlp: { protocols: { http: { endpoint: string } } } };
  processors: object;
  exporters: object;
  service: { pipelines: Record<string, Record<'receivers' | 'processors' | 'exporters', string[]>> };
};

/** Where each container listens: as told, or as its image does. */
const LISTENS: Readonly<Record<string, readonly number[]>> = {
  demo: [demo.port],
  prometheus: [9090],
  alertmanager: [9093],
  collector: [portOf(collector.receivers.otlp.protocols.http.endpoint)],
  tempo: [tempo.server.http_listen_port, portOf(tempo.distributor.receivers.otlp.protocols.grpc.endpoint)],
  grafana: [3000],
};

describe('the containers', () => {
  test('are of versions that stay what they are', () => {
    const images = Object.values(stack).flatMap(({ image = [] }) => image);
    const [, base = ''] = /^FROM (\S+)$/m.exec(dockerfile()) ?? [];

    expect(images).toHaveLength(Object.keys(stack).length - 1);
    for (const image of [...images, base]) expect(image).toMatch(PINNED);
    expect(base).toMatch(/^node:24\./);
  });

  test('are reached from this machine alone, where they listen', () => {
    for (const [name, { ports = [] }] of Object.entries(stack)) {
      for (const port of ports) {
        const [address, outside, inside] = port.split(':');

        expect([address, outside], name).toEqual(['127.0.0.1', inside]);
        expect(LISTENS[name], name).toContain(Number(inside));
      }
    }
  });

  test('wait for containers that there are', () => {
    const awaited = Object.values(stack).flatMap(({ depends_on = [] }) => depends_on);

    expect(Object.keys(stack)).toEqual(expect.arrayContaining(awaited));
    expect(Object.keys(stack).toSorted()).toEqual(Object.keys(LISTENS).toSorted());
  });

  test('see files that there are, and cannot change them', () => {
    const mounts = Object.values(stack).flatMap((service) => mountsOf(service));

    expect(mounts.filter(({ source }) => !existsSync(source))).toEqual([]);
    expect(mounts.filter(({ mode, target }) => mode !== 'ro' || !target.startsWith('/'))).toEqual([]);
  });

  test('see every file of provisioning', () => {
    const sources = Object.values(stack).flatMap((service) => mountsOf(service).map(({ source }) => source));
    const seen = (file: string): boolean =>
      sources.some((source) => source.startsWith(PROVISIONING_FOLDER) && `${file}/`.startsWith(`${source}/`));

    expect(yamlFiles(PROVISIONING_FOLDER).filter((file) => !seen(file))).toEqual([]);
  });

  test('find each other: every address is a container and a port it listens on', () => {
    const texts = [...yamlFiles(PROVISIONING_FOLDER), join(COMPOSE_FOLDER, 'compose.yaml')].map((file) =>
      JSON.stringify(parsed(file)),
    );

    const addresses = texts.flatMap((text) => [...text.matchAll(/"(?:https?:\/\/)?([a-z]+):(\d+)"/g)]);
    const wrong = addresses.filter(([, name = '', port]) => LISTENS[name]?.includes(Number(port)) !== true);
    const found = new Set(addresses.map(([, name]) => name));

    expect(found).toEqual(new Set(['alertmanager', 'collector', 'demo', 'prometheus', 'tempo']));
    expect(wrong.map(([address]) => address)).toEqual([]);
  });
});

describe('the demo', () => {
  test('is told what it takes: to be reached by others, and where its spans go', () => {
    expect(demo).toMatchObject({ host: '0.0.0.0', prometheus: 'none', format: 'openmetrics' });
    expect(URL.parse(demo.otlp ?? '')?.hostname).toBe('collector');
  });

  test('is built from what is there and let into the build', () => {
    const { context = '', dockerfile: file = '' } = stack['demo']?.build ?? {};
    const root = join(COMPOSE_FOLDER, context);
    const copied = [...dockerfile().matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    const letIn = readFileSync(join(root, `${file}.dockerignore`), 'utf8').match(/(?<=^!).+$/gm) ?? [];

    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(letIn.toSorted()).toEqual(copied.toSorted());
  });
});

describe('Grafana', () => {
  test('opens the dashboards with Prometheus, over windows that hold scrapes', () => {
    const first = datasources.find(({ isDefault }) => isDefault === true);

    expect(first?.type).toBe('prometheus');
    expect(first?.jsonData.timeInterval).toBe(prometheus.global.scrape_interval);
  });

  test('leads from an exemplar to its trace', () => {
    const [destination, ...others] = datasources.flatMap(({ jsonData }) => jsonData.exemplarTraceIdDestinations ?? []);

    expect(destination?.name).toBe('trace_id'); // as telemetry.md and the scrape test have it
    expect(datasources.find(({ uid }) => uid === destination?.datasourceUid)?.type).toBe('tempo');
    expect(others).toEqual([]);
  });

  test('has every data source the dashboards name', () => {
    const known = new Set(['${datasource}', '-- Grafana --', 'grafana', ...datasources.map(({ uid }) => uid)]);
    const named = dashboardFiles().flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/"datasource": \{[^}]*"uid": "([^"]+)"/g),
    ]);

    expect(named).not.toHaveLength(0);
    expect(named.map(([, uid]) => uid).filter((uid) => !known.has(String(uid)))).toEqual([]);
  });

  test('is shown the folder with the dashboards, and no other JSON', () => {
    const mounts = mountsOf(stack['grafana'] as Service);
    const paths = providers.map(({ options }) => options.path);
    const json = readdirSync(DASHBOARDS_FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.json'),
    );

    expect(mounts.filter(({ target }) => paths.includes(target)).map(({ source }) => join(source, '.'))).toEqual([
      join(DASHBOARDS_FOLDER, '.'),
    ]);
    expect(json.filter((name) => !/^cancelscope-\w+\.json$/.test(name))).toEqual([]);
    expect(json.map((name) => `${paths[0]}/${name}`)).toContain(
      stack['grafana']?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'],
    );
  });
});

test('the collector uses every part it has, and has every part it uses', () => {
  for (const kind of ['receivers', 'processors', 'exporters'] as const) {
    const used = Object.values(collector.service.pipelines).flatMap((pipeline) => pipeline[kind]);

    expect(new Set(used), kind).toEqual(new Set(Object.keys(collector[kind])));
  }
});

test('Alertmanager leaves out what the rules say it should', () => {
  const inhibiting = parsed(join(DASHBOARDS_FOLDER, 'alertmanager-inhibit.yaml')) as object;

  expect(provisioned('alertmanager/alertmanager.yml')).toMatchObject(inhibiting);
});

test.skipIf(promtool.skip)(`promtool takes what Prometheus is shown, with all rules${promtool.note}`, () => {
  const { status, said } = checked('prometheus', 'promtool', ['check', 'config'], '/etc/prometheus/prometheus.yml');

  expect({ status, said }).toEqual({ status: 0, said: expect.stringMatching(/SUCCESS: 1 rule files found/) as string });
  expect(said).toMatch(/SUCCESS: [1-9]\d* rules found/);
});

test.skipIf(amtool.skip)(`amtool takes what Alertmanager is shown${amtool.note}`, () => {
  const { status, said } = checked('alertmanager', 'amtool', ['check-config'], '/etc/alertmanager/alertmanager.yml');

  expect({ status, said }).toEqual({ status: 0, said: expect.stringContaining('SUCCESS') as string });
});

/** What a checker says of a file as a container sees it. */
function checked(service: string, program: string, args: string[], file: string): { status: unknown; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cancelscope-stack-'));
  try {
    stage(stack[service] as Service, folder);
    const { status, stdout, stderr } = spawnSync(program, [...args, join(folder, file)], { encoding: 'utf8' });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function dockerfile(): string {
  const { context = '', dockerfile: file = '' } = stack['demo']?.build ?? {};
  return readFileSync(join(COMPOSE_FOLDER, context, file), 'utf8');
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

function dashboardFiles(): string[] {
  return readdirSync(DASHBOARDS_FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(DASHBOARDS_FOLDER, name));
}

function portOf(endpoint: string): number {
  return Number(endpoint.split(':')[1]);
}

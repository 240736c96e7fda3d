import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Panel, Transformation } from '../../dashboards/check/dashboard-json.ts';
import { edgesWithId, EXAMPLES } from './examples.ts';
import type { Sample } from './framing.ts';
import { type Grafana, installGrafana, type ShownFrame, startGrafana, VERSIONS } from './grafana.ts';
import { framesOf, labelsOf, panelOf, TRANSFORMING } from './panels.ts';

const PATIENCE_MS = 300_000; // a first run downloads every version
const GRAPH = { title: 'Flow of cancels', answers: [edgesWithId([4, 0.5, 2]), edgesWithId([0.25, 0, 1])] };
const ENDS = [
  ['id', 'string', ['get:/orders/{id}->db.query', 'ab->c', 'a->bc']],
  ['source', 'string', ['get:/orders/{id}', 'ab', 'a']],
  ['target', 'string', ['db.query', 'c', 'bc']],
];

beforeAll(installGrafana, PATIENCE_MS);

test('four versions are tried', () => {
  expect(VERSIONS.map(({ version }) => version)).toEqual(['10.4.19', '11.6.16', '12.4.10', '13.2.2']);
});

test('every panel that transforms its answers is tried', () => {
  const tried = [GRAPH, ...EXAMPLES].map(({ title }) => title);

  expect(TRANSFORMING.map(({ title }) => title).toSorted()).toEqual(tried.toSorted());
});

test.each([GRAPH, ...EXAMPLES])('the answers tried for "$title" have the labels of its queries', (example) => {
  const labels = example.answers.flat().map((sample) => Object.keys(sample.labels).toSorted());

  expect(labels).toEqual(labels.map(() => labelsOf(panelOf(example.title))));
});

describe.each(VERSIONS)('@grafana/data $version', ({ alias }) => {
  let grafana: Grafana;

  beforeAll(async () => {
    grafana = await startGrafana(alias);
  }, PATIENCE_MS);

  afterAll(() => grafana?.[Symbol.asyncDispose]());

  const shown = (panel: Panel, answers: readonly (readonly Sample[])[]): Promise<ShownFrame[]> =>
    grafana.shown(panel, framesOf(panel, answers));

  test('gives the node graph edges with two numbers and no time', async () => {
    const frames = await shown(panelOf(GRAPH.title), GRAPH.answers);

    expect(frames.map(fieldsOf)).toEqual([
      [...ENDS, ['mainstat', 'number', [4, 0.5, 2]], ['secondarystat', 'number', [0.25, 0, 1]]],
    ]);
  });

  test('leads from an edge to both of its scopes', async () => {
    const [frame] = await shown(panelOf(GRAPH.title), GRAPH.answers);

    expect(linksOf(frame)).toEqual({ id: ['Scope detail of the source', 'Scope detail of the target'] });
  });

  test('gives the node graph its edges while the second query is empty', async () => {
    const frames = await shown(panelOf(GRAPH.title), [edgesWithId([4, 0.5, 2]), []]);

    expect(frames.filter(takesPart).map(fieldsOf)).toEqual([
      [...ENDS, ['mainstat', 'number', [4, 0.5, 2]], ['secondarystat', 'number', [0, 0, 0]]],
    ]);
  });

  test('gives an edge that the second query lacks a 0', async () => {
    const frames = await shown(panelOf(GRAPH.title), [edgesWithId([4, 0.5, 2]), edgesWithId([0.25, 0, 1]).slice(1)]);

    expect(frames.map(fieldsOf)).toEqual([
      [...ENDS, ['mainstat', 'number', [4, 0.5, 2]], ['secondarystat', 'number', [0, 0, 1]]],
    ]);
  });

  test.each(EXAMPLES)('shows the columns of "$title"', async ({ title, answers, shown: expected }) => {
    const frames = await shown(panelOf(title), answers);

    expect(frames.map(textsOf)).toEqual([expected]);
  });

  test.each(EXAMPLES)(
    'leads from the scopes of "$title" to their details, and sorts by a column of it',
    async (each) => {
      const panel = panelOf(each.title);
      const [frame] = await shown(panel, each.answers);

      const titles = each.shown[0] ?? [];
      const scopes = titles.filter((title) => /^(scope|source|target)\b/.test(title));
      expect(linksOf(frame)).toEqual(Object.fromEntries(scopes.map((title) => [title, ['Scope detail']])));
      expect(titles).toEqual(expect.arrayContaining(sortedBy(panel)));
    },
  );

  test.each(EXAMPLES.filter(({ answers }) => answers.length > 1))(
    'leaves the cell of a row empty that one query of "$title" lacks',
    async ({ title, answers, shown: expected }) => {
      const [first = [], ...rest] = answers;
      const frames = await shown(panelOf(title), [first, ...rest.slice(0, -1), (rest.at(-1) ?? []).slice(1)]);

      const [titles, row = [], ...others] = expected;
      expect(frames.map(textsOf)).toEqual([[titles, [...row.slice(0, -1), ''], ...others]]);
    },
  );

  // Grafana puts together only what has a label in common, and an empty answer has no labels.
  test('shows the queries of a table apart while one of them is empty, and loses no number', async () => {
    const [example] = EXAMPLES;
    const frames = await shown(panelOf('Edges'), example?.answers.with(1, []) ?? []);

    const columns = (...kept: number[]): unknown => example?.shown.map((row) => kept.map((index) => row[index]));
    expect(frames.filter(({ rows }) => rows > 0).map(textsOf)).toEqual([columns(0, 1, 2), columns(0, 1, 4)]);
  });

  test.each([GRAPH, ...EXAMPLES])('shows nothing in "$title" where nothing is answered', async ({ title, answers }) => {
    const frames = await shown(
      panelOf(title),
      answers.map(() => []),
    );

    expect(frames.map(({ rows }) => rows)).toEqual(answers.map(() => 0));
    expect(frames.filter(takesPart)).toEqual([]);
  });

  // Why the node graph transforms as it does: these hold it to the rules its source states.
  test('keeps the real name of a field that is renamed (NG1)', async () => {
    const renaming = { id: 'organize', options: { renameByName: { 'Value #A': 'mainstat' } } };
    const [frame] = await shown(
      graphWith((steps) => [...steps.slice(0, 2), renaming]),
      GRAPH.answers,
    );

    const renamed = frame?.fields.find(({ title }) => title === 'mainstat');
    expect(renamed?.name).toBe('Value #A');
  });

  test('takes the numbers of an edge apart while their times are there (NG3)', async () => {
    const [frame] = await shown(
      graphWith((steps) => steps.slice(1)),
      GRAPH.answers,
    );

    expect(frame?.rows).toBe(6);
    expect(frame?.fields[0]?.name).toBe('Time');
  });
});

function graphWith(change: (steps: readonly Transformation[]) => readonly Transformation[]): Panel {
  const panel = panelOf(GRAPH.title);
  return { ...panel, transformations: change(panel.transformations ?? []) };
}

/** Whether Grafana's node graph looks at a frame at all. */
function takesPart({ fields }: ShownFrame): boolean {
  return fields.some(({ name }) => name.toLowerCase() === 'id');
}

function fieldsOf({ fields }: ShownFrame): unknown[] {
  return fields.map(({ name, type, values }) => [name, type, values]);
}

/** The titles of links, by the title of what has any. */
function linksOf(frame: ShownFrame | undefined): Record<string, readonly string[]> {
  const linked = frame?.fields.filter(({ links }) => links.length > 0) ?? [];
  return Object.fromEntries(linked.map(({ title, links }) => [title, links]));
}

/** What a reader sees: titles, then rows. */
function textsOf({ rows, fields }: ShownFrame): string[][] {
  const body = Array.from({ length: rows }, (_, row) => fields.map(({ texts }) => texts[row] ?? ''));
  return [fields.map(({ title }) => title), ...body];
}

function sortedBy({ options }: Panel): string[] {
  return ((options?.['sortBy'] ?? []) as { displayName: string }[]).map(({ displayName }) => displayName);
}

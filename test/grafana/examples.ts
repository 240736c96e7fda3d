/** Answers a panel may get, and what a reader then sees. */
import type { Sample } from './framing.ts';

/** A table, by its title. */
export interface Example {
  readonly title: string;
  /** The samples of its queries, in order. */
  readonly answers: readonly (readonly Sample[])[];
  /** What a reader sees, the titles of columns first. */
  readonly shown: readonly (readonly string[])[];
}

/** Names run together are alike for two of these: `ab` with `c`, `a` with `bc`. */
const ENDS = [
  { source: 'get:/orders/{id}', target: 'db.query' },
  { source: 'ab', target: 'c' },
  { source: 'a', target: 'bc' },
];

/** A sample for each edge. */
export function edges(values: readonly number[]): Sample[] {
  return ENDS.map((labels, index) => ({ labels, value: values[index] ?? 0 }));
}

/** The same with the id a graph needs. */
export function edgesWithId(values: readonly number[]): Sample[] {
  return edges(values).map(({ labels, value }) => ({
    labels: { id: `${labels['source']}->${labels['target']}`, ...labels },
    value,
  }));
}

/** A sample for each value of a label. */
function by(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

export const EXAMPLES: readonly Example[] = [
  {
    title: 'Edges',
    answers: [edges([4, 0.5, 2]), edges([0.25, 0, 1]), edges([0, 0.5, 0])],
    shown: [
      ['source', 'target', 'Cancels', 'Late', 'Dropped'],
      ['get:/orders/{id}', 'db.query', '4 ops/s', '25%', '0%'],
      ['ab', 'c', '0.500 ops/s', '0%', '50%'],
      ['a', 'bc', '2 ops/s', '100%', '0%'],
    ],
  },
  {
    title: 'Cancels it receives and passes on',
    answers: [edges([4, 0.5, 2]), edges([0.25, 0, 1])],
    shown: [
      ['source', 'target', 'Cancels', 'Undelivered'],
      ['get:/orders/{id}', 'db.query', '4 ops/s', '25%'],
      ['ab', 'c', '0.500 ops/s', '0%'],
      ['a', 'bc', '2 ops/s', '100%'],
    ],
  },
  {
    title: 'Instances',
    answers: [
      by('instance', { 'api:9464': 8, 'jobs:9464': 2 }),
      by('instance', { 'api:9464': 3, 'jobs:9464': 0 }),
      by('instance', { 'api:9464': 1.5, 'jobs:9464': 0 }),
      by('instance', { 'api:9464': 0, 'jobs:9464': 1 }),
    ],
    shown: [
      ['instance', 'Opened', 'Active', 'Oldest pending', 'Zombies'],
      ['api:9464', '8 ops/s', '3', '1.50 s', '0'],
      ['jobs:9464', '2 ops/s', '0', '0 s', '1'],
    ],
  },
  {
    title: 'Slow share by scope',
    answers: [
      by('scope', { 'get:/orders/{id}': 0.02, 'db.query': 0 }),
      by('scope', { 'get:/orders/{id}': 50, 'db.query': 7 }),
    ],
    shown: [
      ['scope', 'Slow', 'Cancels'],
      ['get:/orders/{id}', '2%', '50'],
      ['db.query', '0%', '7'],
    ],
  },
  {
    title: 'Scope and reason',
    answers: [
      [
        { labels: { reason: 'timeout', scope: 'get:/orders/{id}' }, value: 4 },
        { labels: { reason: 'parent', scope: 'db.query' }, value: 2 },
        { labels: { reason: 'timeout', scope: 'db.query' }, value: 1 },
      ],
    ],
    shown: [
      ['scope\\reason', 'timeout', 'parent'],
      ['get:/orders/{id}', '4 ops/s', ''],
      ['db.query', '1 ops/s', '2 ops/s'],
    ],
  },
];

/** The document that the conformance suite writes: what each backend can do, and what it does instead. */
import type { Backend, Capabilities } from '../../src/backends/index.ts';
import type { Behaviour } from './behaviour.ts';

const INTRODUCTION = `# Backends

A backend holds the state of a token where others reach it, and wakes them. Everything else (trees, listeners, scopes, causes,
monitors) is the same code on all of them. One suite of behaviour runs against each; this file is its result, written by
\`npx vitest run test/conformance -u\`.

- \`local\`: one thread. Nothing to import.
- \`thread\`: \`shareToken\` and \`attachToken\` of \`cancelscope/thread\`; state in shared memory.
- \`process\`: \`shareToken\` and \`attachToken\` of \`cancelscope/process\`; messages over the IPC channel of a child or a cluster
  worker, acknowledged and repeated.
- \`virtual\`: \`local\` on the virtual clock of \`cancelscope/testing\`, for tests.

## What you may see of it

- Threads that share a token link up by themselves, with \`postMessageToThread\`. A program that listens to the \`workerMessage\` event
  of \`process\` sees that greeting too: an object with \`cancelscope: 'link'\`.
- Messages between processes go over the one IPC channel there is. From its first \`shareToken\` or \`attachToken\` on, a program's own
  \`message\` listeners do not see ours; before, they see objects with \`cancelscope: 'link'\`, and may ignore them.
- \`scope.runInWorker\` starts its workers in the package's own \`thread.js\`: a bundler must leave the package as it is (external).
- A worker that is linked forwards its events to the main thread at most 20 ms late, 256 at a time; at most 4096 wait, the rest counts as
  dropped in \`cancellation_monitor_events_total{monitor="threads"}\`.
`;

const CAPABILITIES: Readonly<Record<keyof Capabilities, string>> = {
  reaches: 'who may hold one token',
  readsAtOnce: 'every holder reads the cancel when `cancel()` has returned',
  oneWinner: 'of all holders exactly one wins',
  waitsSync: 'a thread may block until the cancel',
  endsByForce: 'work that does not stop can be ended by force',
  virtualTime: 'time stands still until it is moved',
};

export function parityTable(
  names: readonly Backend['name'][],
  capabilities: ReadonlyMap<string, Capabilities>,
  results: ReadonlyMap<string, ReadonlyMap<string, string>>,
  behaviours: readonly Behaviour[],
): string {
  const head = (first: string): string[] => [
    `| ${first} | ${names.join(' | ')} |`,
    `| --- |${' --- |'.repeat(names.length)}`,
  ];
  const row = (first: string, cell: (name: string) => string): string =>
    `| ${first} | ${names.map((name) => cell(name)).join(' | ')} |`;
  return [
    INTRODUCTION,
    '## Capabilities\n',
    ...head('`capabilities`'),
    ...Object.entries(CAPABILITIES).map(([key, meaning]) =>
      row(`\`${key}\`: ${meaning}`, (name) => shown(capabilities.get(name)?.[key as keyof Capabilities])),
    ),
    '\n## Behaviour\n',
    ...head('what holds'),
    ...behaviours.map(({ says }) => row(says, (name) => results.get(name)?.get(says) ?? 'failed')),
    '',
  ].join('\n');
}

function shown(value: string | boolean | undefined): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}

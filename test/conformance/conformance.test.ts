/**
 * One suite for every backend (B3). Its results are the parity table: `vitest run test/conformance -u` writes it anew.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend, Capabilities } from '../../src/backends/index.ts';
import type { Behaviour } from './behaviour.ts';
import { type Bench, BENCHES } from './bench.ts';
import { parityTable } from './parity-table.ts';
import { READING_AND_WINNING } from './reading-and-winning.ts';
import { WORK_AND_LIFETIMES } from './work-and-lifetimes.ts';

const BEHAVIOURS = [...READING_AND_WINNING, ...WORK_AND_LIFETIMES];

const DOCUMENT = join(import.meta.dirname, '../../docs/backends.md');
const NAMES = Object.keys(BENCHES) as Backend['name'][];

/** What each backend came to, by behaviour. */
const results = new Map<Backend['name'], Map<string, string>>();
const capabilities = new Map<Backend['name'], Capabilities>();

describe.each(NAMES)('the %s backend (B1, B2, B3)', (name) => {
  const came = new Map<string, string>();
  let bench: Bench;

  beforeAll(async () => {
    bench = await BENCHES[name]();
    results.set(name, came);
    capabilities.set(name, bench.backend.capabilities);
  });
  afterAll(() => bench.stop());

  test.each(BEHAVIOURS)('$says ($rules)', async (behaviour) => {
    const before = bench;
    const outcome = await outcomeOf(behaviour, bench);

    expect(outcome, 'it neither can nor says what it does instead').not.toBe('no');
    came.set(behaviour.says, outcome);
    // A behaviour may end the other side; those after it get a new one.
    if (!bench.sameThread && !(await isUp(before))) bench = await BENCHES[name]();
  });
});

test('the parity table says what came of it (B3)', async () => {
  await expect(parityTable(NAMES, capabilities, results, BEHAVIOURS)).toMatchFileSnapshot(DOCUMENT);
});

/** Runs it, or what there is instead; gives what the table says. */
async function outcomeOf({ needs, onOneThread, run, otherwise }: Behaviour, bench: Bench): Promise<string> {
  if (needs !== undefined && bench.backend.capabilities[needs] === false) return (await otherwise?.(bench)) ?? 'no';
  if (bench.sameThread && onOneThread !== undefined) return onOneThread;
  await run(bench);
  return 'yes';
}

function isUp({ there }: Bench): Promise<boolean> {
  return there.heard().then(
    () => true,
    () => false,
  );
}

/** The disconnect table (H1, H2) on every Node and every framework: what Node's servers tell of a client differs. */
import { globSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { installNodes, triedNodes } from './nodes.ts';
import { ROOT } from './packed.ts';
import { run } from './run.ts';

const PATIENCE_MS = 300_000;
const TABLE = globSync('test/middleware/{*/disconnect*,http/client-gone*}.test.ts', { cwd: ROOT });
/** The rows, where each framework adds its own: two APIs of HTTP/2, HTTP/1.1, and six frameworks. */
const ROWS_MIN = 250;

beforeAll(installNodes, PATIENCE_MS);

const others = triedNodes.filter(({ version }) => version !== process.versions.node);

describe.each(others)('on Node $version', ({ binary }) => {
  test('every client that leaves is one disconnect, and nobody else is', { timeout: PATIENCE_MS }, async () => {
    const said = await run(
      binary,
      ['node_modules/vitest/vitest.mjs', 'run', '--typecheck.enabled=false', '--no-color', ...TABLE],
      ROOT,
    );

    expect(Number(/Tests +(\d+) passed \(\1\)/.exec(said)?.[1])).toBeGreaterThanOrEqual(ROWS_MIN);
  });
});

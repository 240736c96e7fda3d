import { describe, expect, test, vi } from 'vitest';
import { shareToken } from '../../../src/backends/process/index.ts';
import { linkThrough } from '../../../src/backends/process/process-links.ts';
import { CancellationToken } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { injectFaults } from './faults.ts';
import { startProcess } from './process-agent.ts';

guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a process may be long in starting on a busy machine

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 2 ** 31);
process.stdout.write(`faults between processes: seed ${seed}\n`);

describe('U1: over a channel that loses, doubles and delays our messages', () => {
  test.each(['json', 'advanced'] as const)('every cancel arrives, and is heard once (%s)', async (serialization) => {
    await using agent = startProcess(serialization);
    const { run, child } = agent;
    const tokens = Array.from({ length: 60 }, (_, n) => new CancellationToken({ name: `t${n}` }));
    for (const token of tokens) {
      await run.attach(token.name, shareToken(token, child));
      await run.listen(token.name);
    }
    let heard = 0;
    for (const token of tokens) token.onCancel(() => heard++);
    injectFaults(child, seed);
    await run.injectFaults(seed + 1);

    for (const [n, { name }] of tokens.entries()) {
      if (n % 3 !== 0) tokens[n]?.cancel('timeout', 'here');
      if (n % 3 !== 1) void run.cancel(name, 'disconnect', 'there');
    }
    await Promise.all(tokens.map((token) => token.whenCancelled()));
    await Promise.all(tokens.map(({ name }) => run.whenCancelled(name)));

    expect(heard).toBe(tokens.length);
    expect((await run.heard()).toSorted()).toEqual(tokens.map(({ name }) => name).toSorted());
    expect(linkThrough(child).counts.tokens).toBe(0);
    expect((await run.counts()).tokens).toBe(0);
  });
});

/** What 100,000 foreign signals leave in memory under the wraps. */
import { expect, test } from 'vitest';
import { startProgram } from '../support/register-run.ts';

const FREE_BYTES = 160;

async function bytesASignal(kind: string, register: boolean): Promise<number> {
  const env = { CANCELSCOPE_AUTO: 'abort', CANCELSCOPE_CALL_SITES: 'on' };
  const program = startProgram('many-signals.mjs', { register, env, nodeArgs: ['--expose-gc'], args: [kind] });
  return Number(await program.printed(/retained (-?\d+) bytes/));
}

test.each(['timeout', 'any', 'held'])(
  `Z12, Z23: 100,000 signals (of "any" 20,000) of kind "%s" retain at most twice what plain ones do, or ${FREE_BYTES} bytes each`,
  async (kind) => {
    const [plain, observed] = await Promise.all([bytesASignal(kind, false), bytesASignal(kind, true)]);

    process.stdout.write(`${kind}: ${plain} bytes a plain signal, ${observed} an observed one\n`);
    expect(observed).toBeLessThanOrEqual(Math.max(2 * plain, FREE_BYTES));
  },
  30_000,
);

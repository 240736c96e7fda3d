import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'foreign-program.ts');
/** Bytes a signal may leave where a plain one leaves almost nothing. */
const ALMOST_NOTHING = 160;

interface Printed {
  readonly over: Record<'plain' | 'adopted' | 'observed', number>;
  readonly waiting: Record<'plain' | 'adopted', number>;
  readonly heard: number;
}

describe('F5: 100,000 timeout signals of others', () => {
  let printed: Printed;
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM]);
    printed = JSON.parse(stdout) as Printed;
    console.log(stdout.trim());
  }, 60_000);

  test.each(['adopted', 'observed'] as const)('%s and dropped, leave no more than plain ones', (how) => {
    const { over } = printed;

    expect(over[how]).toBeLessThanOrEqual(Math.max(2 * over.plain, ALMOST_NOTHING));
  });

  test('adopted and listened to, take at most twice what plain ones with a listener do', () => {
    const { waiting } = printed;

    expect(waiting.adopted).toBeLessThanOrEqual(2 * waiting.plain);
  });

  test('adopted first, lose none of the listeners the program adds later', () => {
    expect(printed.heard).toBe(200);
  });
});

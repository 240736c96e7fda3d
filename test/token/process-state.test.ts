import { describe, expect, test, vi } from 'vitest';
import { CancellationToken, cancelScope, currentScope, registry } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

/** A second copy of the whole library. */
async function otherCopy(): Promise<typeof import('../../src/index.ts')> {
  vi.resetModules();
  return import('../../src/index.ts');
}

describe('P1: copies of the library share their state', () => {
  test('a token of one derives from a token of the other', async () => {
    const other = await otherCopy();
    const theirs = new other.CancellationToken();
    const ours = CancellationToken.any([theirs]);

    theirs.cancel('timeout');

    expect(other.CancellationToken).not.toBe(CancellationToken);
    expect(ours.cause?.root).toMatchObject({ reason: 'timeout', token: { id: theirs.id } });
  });

  test('a monitor of one hears of a token of the other', async () => {
    const recorded = record();
    const other = await otherCopy();

    new other.CancellationToken({ name: 'theirs' }).cancel();

    expect(recorded.of('tokenCancelled')).toMatchObject([{ token: { name: 'theirs' } }]);
  });

  test('gives no two tokens one id', async () => {
    const other = await otherCopy();

    const ids = [new CancellationToken(), new other.CancellationToken(), new CancellationToken()].map(({ id }) => id);

    expect(new Set(ids).size).toBe(3);
  });

  test('a scope of one is ambient to the other, and listed by both (P2)', async () => {
    const other = await otherCopy();

    const seen = await cancelScope('ours', (scope) => [
      other.currentScope()?.id === scope.id,
      currentScope() === scope,
      other.registry.get(scope.id)?.name,
      registry.get(scope.id)?.name,
    ]);

    expect(seen).toEqual([true, true, 'ours', 'ours']);
  });
});

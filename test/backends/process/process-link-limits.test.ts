import { describe, expect, test } from 'vitest';
import { handleOf } from '../../../src/backends/process/index.ts';
import { CancellationToken, openScope } from '../../../src/index.ts';
import { sharedStatesOf } from '../../../src/token/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { linkPair } from './link-pair.ts';

guardLeaks();

const NOTHING = { tokens: 0, unanswered: 0 };

describe('U2: the other process', () => {
  test('cannot cancel what it was lent', async () => {
    using pair = linkPair();
    const here = new CancellationToken({ name: 'lent' });
    const handle = handleOf(here);
    pair.near.share(here, 'lent');
    const there = pair.far.attach(handle, undefined);

    there.cancel('manual', 'a program that reaches for the token behind the view');
    await pair.settle();

    expect(here.isCancelled).toBe(false);
    expect(pair.near.attach({ ...handle }, there.cause)).toBe(here);
    expect(here.isCancelled).toBe(false);
    here.dispose();
  });

  test('can once it is given it too', async () => {
    using pair = linkPair();
    const here = new CancellationToken();
    const handle = handleOf(here);
    for (const part of ['lent', 'gave', 'lent'] as const) pair.near.share(here, part);

    pair.far.attach(handle, undefined).cancel('manual');
    await pair.settle();

    expect(here.isCancelled).toBe(true);
  });

  test('cannot cancel what it merely names', async () => {
    using pair = linkPair();
    using other = linkPair();
    const { here } = other.given('of another');
    const handle = handleOf(here);

    pair.far.share(pair.far.attach(handle, undefined), 'gave');
    pair.far.attach(handle, undefined).cancel();
    await pair.settle();

    expect(here.isCancelled).toBe(false);
    expect(pair.near.counts).toMatchObject({ ...NOTHING, remembered: 0 });
    here.dispose();
    await other.settle();
  });
});

describe('U4: a token that ends without a cancel', () => {
  test.each(['dispose', 'settle'] as const)('by %s is forgotten on both sides, and lives on there', async (how) => {
    using pair = linkPair();
    const scope = openScope('request', { detached: true });
    const token = how === 'settle' ? scope.token : new CancellationToken();
    const handle = handleOf(token);
    pair.near.share(token, 'gave');
    const there = pair.far.attach(handle, undefined);
    await pair.settle();

    token.dispose();
    await scope[Symbol.asyncDispose]();
    await pair.settle();

    expect(pair.near.counts).toMatchObject({ ...NOTHING, remembered: 0 });
    expect(pair.far.counts).toMatchObject({ ...NOTHING, remembered: 0 });
    expect(sharedStatesOf(there)).toEqual([]);
    expect(there.isCancelled).toBe(false);
    expect(there.cancel('manual')).toBe(true);
    await pair.settle();
    expect(pair.sent.at(-1)?.message.kind).not.toBe('cancel');
  });

  test('where it was attached stays shared: the handle can be attached again', async () => {
    using pair = linkPair();
    const { here, there, handle } = pair.given('stop');
    await pair.settle();
    there.dispose();
    expect(pair.far.counts).toMatchObject({ ...NOTHING, remembered: 1 });

    const again = pair.far.attach(handle, undefined);
    again.cancel('manual', 'the second use');
    await pair.settle();

    expect(here.cause?.message).toBe('the second use');
  });
});

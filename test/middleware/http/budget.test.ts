import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openScope } from '../../../src/index.ts';
import { BUDGET_HEADER, outgoingBudget, readBudget } from '../../../src/middleware/http/index.ts';
import { incomingBudget } from '../../../src/middleware/http/incoming-budget.ts';
import { virtualClock } from '../../../src/testing/index.ts';
import { caught } from '../../support/caught.ts';

describe('H5: the budget that goes out', () => {
  test.each([
    ['api.example.com', true],
    ['API.example.com', true],
    ['api.example.com:8443', true],
    ['a.internal', true],
    ['a.b.internal:80', true],
    ['internal', false],
    ['evil-internal', false],
    ['api.example.com.evil.org', false],
    ['other.example.com', false],
  ])('goes to %s: %s', (host, goes) => {
    const budgetFor = outgoingBudget({ hosts: ['api.example.com', '*.internal'] });

    expect(budgetFor(host, { remainingMs: 1_500 })).toEqual(goes ? [BUDGET_HEADER, '1500'] : undefined);
  });

  test('goes to one port only where one is listed', () => {
    const budgetFor = outgoingBudget({ hosts: ['localhost:3000'] });

    expect(budgetFor('localhost:3000', { remainingMs: 1 })).toBeDefined();
    expect(budgetFor('localhost:3001', { remainingMs: 1 })).toBeUndefined();
  });

  test('is what is left, rounded down, under the name chosen', async () => {
    const clock = virtualClock();
    await using scope = openScope('call', { timeoutMs: 500, clock });
    const budgetFor = outgoingBudget({ hosts: ['api'], header: 'X-Time-Left' });

    await clock.advance(100.25);

    expect(budgetFor('api', scope)).toEqual(['x-time-left', '399']);
  });

  test('is none where nothing ends, nobody is listed, or there is no scope', () => {
    expect(outgoingBudget({ hosts: ['api'] })('api', { remainingMs: Infinity })).toBeUndefined();
    expect(outgoingBudget({ hosts: ['api'] })('api', undefined)).toBeUndefined();
    expect(outgoingBudget(undefined)('api', { remainingMs: 5 })).toBeUndefined();
  });

  test('never grows from hop to hop, whatever was left', () => {
    const budgetFor = outgoingBudget({ hosts: ['next'] });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (leftMs) => {
        const read = readBudget(budgetFor('next', { remainingMs: leftMs })?.[1]);

        expect(read).toBeLessThanOrEqual(leftMs);
      }),
    );
  });

  test.each([
    [{ hosts: 'api' }, 'budget.hosts'],
    [{ hosts: [''] }, 'budget.hosts'],
    [{ hosts: ['api'], header: 'with space' }, 'budget.header'],
    [{ hosts: ['api'], header: '' }, 'budget.header'],
  ])('refuses %j, by name', async (budget, argument) => {
    const error = await caught((async () => outgoingBudget(budget as never))());

    expect(error).toMatchObject({ argument });
  });
});

describe('H4: the budget that comes in', () => {
  const headerOf = (value: unknown) => () => value;

  test('counts from a peer that is trusted', () => {
    expect(incomingBudget({ trust: () => true }, 'request', headerOf('250'))).toBe(250);
  });

  test.each([
    ['nobody is trusted', undefined],
    ['the peer is not', { trust: () => false }],
    ['that cannot be told', { trust: () => Promise.resolve(true) as unknown as boolean }],
    [
      'asking throws',
      {
        trust: () => {
          throw new Error('no certificate');
        },
      },
    ],
  ])('counts for nothing when %s', (_why, budget) => {
    expect(incomingBudget(budget, 'request', headerOf('1'))).toBeUndefined();
  });

  test.each(['', ' 5', '5 ', '-1', '1.5', '1e3', '0x10', 'Infinity', '99999999999', '5, 6', ['5'], 5, null])(
    'is none when the header is %j',
    (value) => {
      expect(incomingBudget({ trust: () => true }, 'request', headerOf(value))).toBeUndefined();
    },
  );

  test('10,000 headers of any kind: a whole number of ms, or nothing; nothing throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.anything(), fc.nat().map(String)),
        (value) => {
          const read = readBudget(value);

          expect(read === undefined || (Number.isSafeInteger(read) && read >= 0)).toBe(true);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { RateLimit } from '../../../src/exporters/opentelemetry/rate-limit.ts';

describe('RateLimit', () => {
  test('tells, with the first of the next minute, how many it held back (R1)', () => {
    let now = 0;
    const limit = new RateLimit(2, () => now);

    const first = [limit.take(), limit.take(), limit.take(), limit.take()];
    now = 60_000;
    const second = [limit.take(), limit.take(), limit.take()];

    expect(first).toEqual([0, 0, undefined, undefined]);
    expect(second).toEqual([2, 0, undefined]);
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeText } from '../../../src/backends/thread/cause-text.ts';
import { RECORD_BYTES } from '../../../src/backends/thread/records.ts';
import { CANCELLATION_REASONS, type CancellationCause, type CancellationCauseData } from '../../../src/index.ts';
import { reviveCause } from '../../../src/token/index.ts';

const PLAIN: CancellationCauseData = {
  reason: 'timeout',
  message: 'took too long',
  wallTime: 1_900_000_000_000,
  monotonicNs: '123456789',
  origin: { pid: 4711, threadId: 3, threadName: 'pool' },
  token: { id: '3n-3-1', name: 'load-report' },
};

/** The cause that arrives when that of `data` goes through text of at most `limit` bytes. */
function arriving(data: CancellationCauseData, limit = RECORD_BYTES): CancellationCause {
  const text = causeText(reviveCause(data), limit);
  expect(text.length).toBeLessThanOrEqual(limit);
  return reviveCause(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)));
}

/** A chain so long, from the cause itself to its root. */
function chain(length: number, each: Partial<CancellationCauseData> = {}): CancellationCauseData {
  let data: CancellationCauseData = { ...PLAIN, ...each, message: 'the root', token: { id: 'r', name: 'root' } };
  for (let index = length - 2; index >= 0; index--) {
    data = { ...PLAIN, reason: 'parent', ...each, token: { id: `t${index}`, name: `token-${index}` }, parent: data };
  }
  return data;
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('\0', '"', '🛑', '\uD83D', 'ü').chain((unit) => fc.nat(5_000).map((count) => unit.repeat(count))),
);

const anyCause: fc.Arbitrary<CancellationCauseData> = fc
  .array(
    fc.record(
      {
        reason: fc.constantFrom(...CANCELLATION_REASONS),
        wallTime: fc.double({ noNaN: true, noDefaultInfinity: true }),
        monotonicNs: fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String),
        origin: fc.record({ pid: fc.nat(), threadId: fc.nat(), threadName: anyText }),
        token: fc.record({ id: anyText, name: anyText }),
        message: anyText,
        callSite: anyText,
        via: fc.array(anyText, { maxLength: 5 }),
        spanContext: fc.record({ traceId: anyText, spanId: anyText, traceFlags: fc.nat(255) }),
      },
      { requiredKeys: ['reason', 'wallTime', 'monotonicNs', 'origin', 'token'] },
    ),
    { minLength: 1, maxLength: 110 },
  )
  .map((causes) =>
    causes.reduceRight<CancellationCauseData | undefined>(
      (parent, cause) => (parent === undefined ? cause : { ...cause, parent }),
      undefined,
    ),
  ) as fc.Arbitrary<CancellationCauseData>;

describe('X1: a cause as text', () => {
  test('fits, is a cause again, and keeps its reason, whatever it holds', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyCause, fc.constantFrom(200, 300, 1_000, RECORD_BYTES), (data, limit) => {
        expect(arriving(data, limit).reason).toBe(data.reason);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['a plain one', PLAIN],
    [
      'one with everything',
      {
        ...PLAIN,
        via: ['allOf', 'memory'],
        callSite: 'Error: cancelled here\n    at main.ts:1:2',
        spanContext: { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 },
        parent: { ...PLAIN, reason: 'shutdown' },
      },
    ],
    ['one with characters of several bytes, and half ones', { ...PLAIN, message: '取消 🛑 \uD83D "quoted" \0' }],
    ['an empty message', { ...PLAIN, message: '' }],
    ['a chain of five', chain(5)],
  ] satisfies [string, CancellationCauseData][])('loses nothing of %s', (_what, data) => {
    expect(arriving(data).toJSON()).toEqual(reviveCause(data).toJSON());
  });

  test('gives up call sites first, and keeps the rest', () => {
    const data: CancellationCauseData = { ...chain(3), callSite: 'at here\n'.repeat(500) };

    const { callSite, ...rest } = reviveCause(data).toJSON();

    expect(callSite).toBeDefined();
    expect(arriving(data).toJSON()).toEqual(rest);
  });

  test('then the middle of the chain, and says how much that was', () => {
    const data = chain(100);

    const arrived = arriving(data);

    expect(arrived.toJSON()).toEqual({
      ...chain(1), // its end
      reason: 'parent',
      message: PLAIN.message,
      token: data.token,
      omitted: 98,
      parent: reviveCause(chain(1)).toJSON(),
    });
  });

  test('counts what was left out of the chain before', () => {
    const middle = { ...PLAIN, omitted: 7, parent: chain(40) };
    const data = { ...PLAIN, reason: 'parent', omitted: 3, parent: middle } as const;

    expect(arriving(data)).toMatchObject({ root: { message: 'the root' } });
    expect(arriving(data).toJSON().omitted).toBe(3 + 1 + 7 + 39);
  });

  test('then the ends of messages and names, no more of them than needed', () => {
    const data = { ...PLAIN, message: `why: ${'x'.repeat(4_000)}`, token: { id: 'id', name: 'n'.repeat(256) } };

    const { message, token, reason, origin } = arriving(data);

    expect(message).toMatch(/^why: x+…$/);
    expect(message).toHaveLength(512);
    expect({ token, reason, origin }).toMatchObject({ token: data.token, reason: data.reason, origin: data.origin });
  });

  test.each([1, 2])('cuts no character in half (%i)', (offset) => {
    const data = { ...PLAIN, message: ' '.repeat(offset) + '🛑'.repeat(2_000) };

    const { message } = arriving(data);

    expect(message).toMatch(/^ *🛑+…$/u);
  });

  test('keeps why the root was cancelled when little else fits', () => {
    const data = chain(100, { origin: { pid: 1, threadId: 2, threadName: '\0'.repeat(256) } });

    const arrived = arriving(data);

    expect([arrived.reason, arrived.root.reason, arrived.root.token.name]).toEqual(['parent', 'timeout', 'root']);
  });

  test('keeps the reason when nothing else fits, and where it came from is a thread of this process', () => {
    const text = '\0'.repeat(300);
    const origin = { pid: process.pid, threadId: 3, threadName: text };
    const data = { ...PLAIN, message: text, origin, token: { id: text, name: text }, parent: chain(2, { origin }) };

    const arrived = arriving(data, 256);

    expect(arrived.reason).toBe('timeout');
    expect(arrived.origin.pid).toBe(process.pid);
  });
});

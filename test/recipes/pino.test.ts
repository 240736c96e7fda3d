import { Writable } from 'node:stream';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { cancelAware } from '../../examples/recipes/pino.ts';
import { CancellationToken, type CancellationReason } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

/** A line of the log, as far as it matters here. */
interface Line {
  readonly level: number;
  readonly msg?: string;
  readonly err?: Record<string, unknown>;
  readonly [key: string]: unknown;
}

const DEBUG = 20;
const ERROR = 50;

/** A real pino, and the lines it has printed. */
function logging(options: LoggerOptions): { logger: Logger; lines: Line[] } {
  const lines: Line[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(String(chunk)) as Line);
      done();
    },
  });
  return { logger: pino(options, stream), lines };
}

/** The error of a token under one that was cancelled for `reason`. */
function cancelled(reason: CancellationReason, message?: string): Error {
  const outer = new CancellationToken({ name: 'report' });
  const inner = outer.child({ name: 'rows' });
  outer.cancel(reason, message);
  return inner.signal.reason as Error;
}

describe('the pino recipe', () => {
  test('prints none of 10,000 cancels by users at info, and one line of each timeout', () => {
    const { logger, lines } = logging({ ...cancelAware, level: 'info' });

    for (let index = 0; index < 10_000; index++) logger.error(cancelled('disconnect'));
    for (let index = 0; index < 3; index++) logger.error(cancelled('timeout'));

    expect(lines.map(({ level, err }) => [level, err?.['rootReason']])).toEqual(
      Array.from({ length: 3 }, () => [ERROR, 'timeout']),
    );
  });

  test.each<[what: string, log: (logger: Logger, error: Error) => void, rest: object]>([
    [
      'as the first argument',
      (logger, error) => logger.error(error),
      { msg: '"rows" was cancelled: parent (manual of "report")' },
    ],
    ['with a message', (logger, error) => logger.error(error, 'no %s', 'rows'), { msg: 'no rows' }],
    [
      'beside other fields',
      (logger, error) => logger.warn({ err: error, id: 7 }, 'no rows'),
      { msg: 'no rows', id: 7 },
    ],
    ['by a child', (logger, error) => logger.child({ id: 7 }).fatal({ err: error }), { id: 7 }],
  ])('lowers an expected cancel that was logged %s to debug', (_what, log, rest) => {
    const { logger, lines } = logging({ ...cancelAware, level: 'debug' });

    log(logger, cancelled('manual'));

    expect(lines).toMatchObject([{ level: DEBUG, ...rest, err: { reason: 'parent', rootReason: 'manual' } }]);
  });

  test('leaves the level of what is below debug already', () => {
    const { logger, lines } = logging({ ...cancelAware, level: 'trace' });

    logger.trace(cancelled('manual'));

    expect(lines).toMatchObject([{ level: 10 }]);
  });

  test('prints the chain of a cancel, root first, and no stack', () => {
    const { logger, lines } = logging(cancelAware);

    logger.error(new Error('no rows', { cause: cancelled('timeout', 'took too long') }));

    const err = lines[0]?.err;
    expect(err).toMatchObject({ type: 'Error', message: 'no rows', reason: 'parent', rootReason: 'timeout' });
    expect(err?.['chain']).toEqual([
      '"report" was cancelled: timeout (took too long)',
      expect.stringMatching(/^ {2}at .*Z in process \d+, thread main$/),
      expect.stringMatching(/^→ "rows" was cancelled with it/),
    ]);
    expect(err).not.toHaveProperty('stack');
  });

  test('prints any other error as pino does, with its causes', () => {
    const { logger, lines } = logging(cancelAware);

    logger.error(new Error('no rows', { cause: new Error('broken') }));

    expect(lines).toMatchObject([
      { level: ERROR, msg: 'no rows', err: { type: 'Error', message: 'no rows', cause: { message: 'broken' } } },
    ]);
  });

  test('leaves lines without an error alone', () => {
    const { logger, lines } = logging(cancelAware);

    logger.info('started on port %s', '80');
    logger.info({ port: 80 }, 'started');
    logger.error({ err: 'text' });
    logger.error(null);

    expect(lines).toMatchObject([
      { msg: 'started on port 80' },
      { port: 80, msg: 'started' },
      { err: 'text' },
      { level: ERROR },
    ]);
  });
});

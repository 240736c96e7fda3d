import { Pool } from 'pg';
import { describe, expect, test } from 'vitest';
import { InvalidArgumentError, UnsupportedError } from '../../../src/index.ts';
import { cancellableQuery } from '../../../src/middleware/pg/index.ts';
import { caught } from '../../support/caught.ts';

const pool = new Pool(); // never asked for a connection

describe('what cannot be', () => {
  test.each([
    ['source', () => cancellableQuery({} as never, 'select 1')],
    ['query', () => cancellableQuery(pool, undefined as never)],
    ['cancelWithinMs', () => cancellableQuery(pool, 'select 1', [], { cancelWithinMs: Number.NaN })],
  ])('%s is named by the error', async (argument, call) => {
    const error = await caught(call());

    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error).toMatchObject({ argument });
    expect(pool.totalCount).toBe(0);
  });

  test('a client of pg.native is refused before anything is sent', async () => {
    const sent: unknown[] = [];
    const native = { query: (text: unknown) => sent.push(text), on() {}, off() {} };

    expect(await caught(cancellableQuery(native as never, 'select 1'))).toBeInstanceOf(UnsupportedError);
    expect(sent).toEqual([]);
  });
});

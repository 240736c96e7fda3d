import http from 'node:http';
import https from 'node:https';
import { expectTypeOf, test } from 'vitest';
import { cancellableRequest } from '../../../src/middleware/node/index.ts';

test('it is what it is given', () => {
  expectTypeOf(cancellableRequest(http.request)).toEqualTypeOf<typeof http.request>();
  expectTypeOf(cancellableRequest(https.get, { timeoutMs: 1 })).toEqualTypeOf<typeof https.get>();
  // @ts-expect-error -- a function is needed
  cancellableRequest('http');
});

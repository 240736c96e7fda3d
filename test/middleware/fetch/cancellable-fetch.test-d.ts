import { expectTypeOf, test } from 'vitest';
import { cancellableFetch } from '../../../src/middleware/fetch/index.ts';

test('it is a fetch, wherever one is asked for', () => {
  expectTypeOf(cancellableFetch()).toEqualTypeOf<typeof fetch>();
  expectTypeOf<typeof fetch>().toExtend<NonNullable<NonNullable<Parameters<typeof cancellableFetch>[0]>['fetch']>>();
});

test('its options are as they are', () => {
  cancellableFetch({ fetch, name: ({ host }) => host, timeoutMs: 1, budget: { hosts: ['a'], header: 'x-left' } });
  // @ts-expect-error -- hosts are a list
  cancellableFetch({ budget: { hosts: 'a' } });
  // @ts-expect-error -- a name is a string
  cancellableFetch({ name: () => 1 });
});

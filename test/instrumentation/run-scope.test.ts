import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { cancelScope, currentScope, type Monitor, openScope } from '../../src/index.ts';
import { monitorEventCounts } from '../../src/instrumentation/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { monitorInTest, record } from '../support/record.ts';

guardLeaks();

guardUnhandled();

type RunScope = NonNullable<Monitor['runScope']>;

const broken = new Error('monitor broke');

/** Of all wrappers so far. */
function failures(): number {
  const counts = [...monitorEventCounts()];
  return counts.find(({ monitor, result }) => monitor === 'wrapper' && result === 'error')?.count ?? 0;
}

/** Wrappers, and whether each counts as a failure of the monitor. */
const WRAPPERS: Record<string, { wrap: RunScope; fails: boolean }> = {
  'gives back what the body gave': { wrap: (_scope, body) => body(), fails: false },
  'skips the body': { wrap: () => undefined, fails: true },
  'skips the body and gives something else': { wrap: () => 'something else', fails: true },
  'runs it twice': { wrap: (_scope, body) => [body(), body()], fails: true },
  'runs it three times, catching what it throws': {
    wrap: (_scope, body) => {
      for (let round = 0; round < 3; round++) {
        try {
          body();
        } catch {
          // the next round
        }
      }
    },
    fails: true,
  },
  'throws before it': {
    wrap: () => {
      throw broken;
    },
    fails: true,
  },
  'throws after it': {
    wrap: (_scope, body) => {
      try {
        void body();
      } catch {
        // not passed on
      }
      throw broken;
    },
    fails: true,
  },
  'gives something else': {
    wrap: (_scope, body) => {
      body();
      return 'something else';
    },
    fails: false,
  },
  'swallows what it throws': {
    wrap: (_scope, body) => {
      try {
        return body();
      } catch {
        return 'swallowed';
      }
    },
    fails: false,
  },
  'is async': { wrap: async (_scope, body) => body(), fails: false },
  'is async and late': {
    wrap: async (_scope, body) => {
      await Promise.resolve();
      return body();
    },
    fails: true,
  },
  'follows the promise': {
    wrap: (_scope, body) => {
      const result = body();
      return result instanceof Promise ? result.finally(() => {}) : result;
    },
    fails: false,
  },
  'gives a promise that rejects': {
    wrap: (_scope, body) => {
      try {
        void body();
      } catch {
        // not passed on
      }
      return Promise.reject(broken);
    },
    fails: true,
  },
};

const bodyError = new Error('body broke');

const BODIES: Record<string, { body: () => unknown; result: unknown }> = {
  returns: { body: () => 'value', result: { value: 'value' } },
  'returns a promise': { body: async () => 'value', result: { value: 'value' } },
  throws: {
    body: () => {
      throw bodyError;
    },
    result: { error: bodyError },
  },
  rejects: { body: () => Promise.reject(bodyError), result: { error: bodyError } },
};

describe.each(Object.entries(WRAPPERS))('M2, M6: a runScope that %s', (_title, { wrap, fails }) => {
  test.each(Object.entries(BODIES))(
    'gives one run and its own result, for a body that %s',
    async (_body, { body, result }) => {
      const recorded = record();
      monitorInTest({ name: 'wrapper', runScope: wrap });
      let runs = 0;

      const given = await cancelScope('work', () => {
        runs++;
        return body();
      }).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );

      expect(runs).toBe(1);
      expect(given).toEqual(result);
      expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'error' in given ? 'failed' : 'completed' }]);
    },
  );

  test(`counts ${fails ? 1 : 0} failures of the monitor`, async () => {
    const before = failures();
    monitorInTest({ name: 'wrapper', runScope: wrap });

    await cancelScope('work', () => 'value');
    await new Promise((resolve) => setImmediate(resolve));

    expect(failures() - before).toBe(fails ? 1 : 0);
  });
});

describe('runScope', () => {
  test('makes what it sets current there for the whole body, and for nothing else', async () => {
    const store = new AsyncLocalStorage<string>();
    monitorInTest({ runScope: (scope, body) => store.run(scope.name, body) });

    const seen = await cancelScope('work', async () => {
      const before = store.getStore();
      await Promise.resolve();
      const inner = await cancelScope('inner', () => store.getStore());
      return [before, inner, store.getStore(), currentScope()?.name];
    });

    expect(seen).toEqual(['work', 'inner', 'work', 'work']);
    expect(store.getStore()).toBeUndefined();
  });

  test('of several monitors nests, the first registered outermost', async () => {
    const order: string[] = [];
    for (const name of ['a', 'b']) {
      monitorInTest({
        runScope(_scope, body) {
          order.push(`${name} in`);
          const result = body();
          order.push(`${name} out`);
          return result;
        },
      });
    }

    await cancelScope('work', () => order.push('body'));

    expect(order).toEqual(['a in', 'b in', 'body', 'b out', 'a out']);
  });

  test('gives one run also to a body that is called again from inside itself', async () => {
    const bodies: (() => unknown)[] = [];
    monitorInTest({
      runScope(_scope, body) {
        bodies.push(body);
        return body();
      },
    });
    let runs = 0;

    const value = await cancelScope('work', () => {
      if (++runs < 5) bodies[0]?.();
      return 'value';
    });

    expect([runs, value]).toEqual([1, 'value']);
  });

  test('wraps what runs in an opened scope too', () => {
    const names: string[] = [];
    monitorInTest({
      runScope(scope, body) {
        names.push(scope.name);
        return body();
      },
    });
    const scope = openScope('import');

    const value = scope.run(() => 7);
    scope.close();

    expect([value, names]).toEqual([7, ['import']]);
  });

  test('that always fails is taken off after ten scopes; every body runs once', async () => {
    let wrapped = 0;
    let runs = 0;
    monitorInTest({
      name: 'broken',
      runScope() {
        wrapped++;
        throw broken;
      },
    });

    for (let round = 0; round < 15; round++) await cancelScope('work', () => void runs++);

    expect([wrapped, runs]).toEqual([10, 15]);
  });
});

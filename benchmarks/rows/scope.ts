/**
 * Async scopes without monitors: one await, inside a scope, inside a longer one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Effect } from 'effect';
import { FloorToken, floorScope } from '../floor.ts';
import { cancelScope, openScope } from '../library.ts';
import { abortScope } from '../native.ts';
import { against, COLLECTED, OURS, type Row } from '../row.ts';

const settled = Promise.resolve(1);
/** What every scope here runs: an async function with one await, the least there is to own. */
const body = async (): Promise<number> => await settled;

const ambient = new AsyncLocalStorage<FloorToken>();

async function openedScope(options: { readonly parent: ReturnType<typeof openScope> }): Promise<number> {
  const scope = openScope('work', options);
  try {
    return await body();
  } finally {
    scope.close();
  }
}

const effectUnscoped = Effect.promise(body);
const effectScoped = Effect.scoped(effectUnscoped);

const ambientFloor = (token: FloorToken): Promise<number> => ambient.run(token, body);

export const scopeRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'async scope, no ambient',
    standsFor: 'openScope and close around one await',
    contenders: [
      {
        name: OURS,
        ready() {
          const parent = openScope('request');
          return async (times) => {
            for (let i = 0; i < times; i++) await openedScope({ parent });
          };
        },
      },
      {
        name: 'AC child',
        ready() {
          const { signal } = new AbortController();
          return async (times) => {
            for (let i = 0; i < times; i++) await abortScope(signal, body);
          };
        },
      },
      {
        name: "Effect's scoped in a fiber",
        ready: () => (times) =>
          Effect.runPromise(
            Effect.gen(function* () {
              for (let i = 0; i < times; i++) yield* effectScoped;
            }),
          ),
      },
      {
        name: "Effect's promise, no scope",
        ready: () => (times) =>
          Effect.runPromise(
            Effect.gen(function* () {
              for (let i = 0; i < times; i++) yield* effectUnscoped;
            }),
          ),
      },
      {
        name: 'floor',
        ready() {
          const parent = new FloorToken();
          return async (times) => {
            for (let i = 0; i < times; i++) await floorScope(parent, body);
          };
        },
      },
    ],
    targets: [against('AC child', 0.8, COLLECTED), against("Effect's scoped in a fiber", 0.6, COLLECTED)],
  },
  {
    kind: 'time',
    name: 'async scope with ambient token',
    standsFor: 'cancelScope around one await',
    contenders: [
      {
        name: OURS,
        ready() {
          const parent = openScope('request');
          return (times) =>
            parent.run(async () => {
              for (let i = 0; i < times; i++) await cancelScope('work', body);
            });
        },
      },
      {
        name: 'floor + one als.run',
        ready() {
          const parent = new FloorToken();
          return (times) =>
            ambient.run(parent, async () => {
              for (let i = 0; i < times; i++) await floorScope(parent, ambientFloor);
            });
        },
      },
      {
        name: 'floor',
        ready() {
          const parent = new FloorToken();
          return async (times) => {
            for (let i = 0; i < times; i++) await floorScope(parent, body);
          };
        },
      },
      {
        name: 'one als.run',
        ready() {
          const token = new FloorToken(); // another store than the one around: the same one would cost nothing
          return (times) =>
            ambient.run(new FloorToken(), async () => {
              for (let i = 0; i < times; i++) await ambient.run(token, body);
            });
        },
      },
    ],
    targets: [against('floor + one als.run', 1.2, COLLECTED)],
  },
];

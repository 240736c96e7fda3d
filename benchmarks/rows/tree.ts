/** Trees: children that come and go, and cancels that go down. */
import { Effect, Exit, Scope } from 'effect';
import { FloorToken } from '../floor.ts';
import { CancellationToken } from '../library.ts';
import { sink } from '../measure.ts';
import { abortChild } from '../native.ts';
import { against, COLLECTED, OURS, type Row, type Slack } from '../row.ts';

const LEVELS = 17;
const TREE_NODES = 2 ** LEVELS - 1;
const FLAT_CHILDREN = 1_000_000;
const CHAIN = 100_000;
const LARGE: Slack = { tolerance: 0.15, because: 'a few long batches: caches and collections show' };

/** A binary tree, and its root. */
function binaryTree<T>(root: T, child: (parent: T) => T): T {
  let level = [root];
  for (let depth = 1; depth < LEVELS; depth++) level = level.flatMap((parent) => [child(parent), child(parent)]);
  return root;
}

/** A scope with as many finalizers: the cheapest thing of Effect's that a cancel can reach (a forked scope costs twice that). */
function effectScope(): Scope.CloseableScope {
  return Effect.runSync(
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      for (let i = 0; i < FLAT_CHILDREN; i++) yield* Scope.addFinalizer(scope, Effect.void);
      return scope;
    }),
  );
}

function ourChain(): CancellationToken[] {
  const chain = [new CancellationToken()];
  while (chain.length < CHAIN) chain.push((chain.at(-1) as CancellationToken).child());
  return chain;
}

export const treeRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'child create + dispose',
    standsFor: 'a call with a cancel of its own, inside a request, that ends as most do',
    contenders: [
      {
        name: OURS,
        ready() {
          const parent = new CancellationToken();
          return (times) => {
            for (let i = 0; i < times; i++) {
              const child = parent.child();
              child.dispose();
              sink.value = child;
            }
          };
        },
      },
      {
        name: 'native',
        ready() {
          const { signal } = new AbortController();
          return (times) => {
            for (let i = 0; i < times; i++) {
              const child = abortChild(signal);
              child.unlink();
              sink.value = child;
            }
          };
        },
      },
      {
        name: 'floor',
        ready() {
          const parent = new FloorToken();
          return (times) => {
            for (let i = 0; i < times; i++) {
              const child = parent.child();
              child.dispose();
              sink.value = child;
            }
          };
        },
      },
    ],
    targets: [against('native', 0.2, COLLECTED)],
  },
  {
    kind: 'time',
    name: 'cancel a binary tree of 131k, per node',
    standsFor: 'shutdown of everything there is',
    rounds: 12,
    contenders: [
      {
        name: OURS,
        operations: TREE_NODES,
        ready() {
          const root = binaryTree(new CancellationToken(), (parent) => parent.child());
          return () => root.cancel();
        },
      },
      {
        name: 'native',
        operations: TREE_NODES,
        ready() {
          const root = binaryTree(new AbortController(), (parent) => abortChild(parent.signal).controller);
          return () => root.abort();
        },
      },
      {
        name: 'floor',
        operations: TREE_NODES,
        ready() {
          const root = binaryTree(new FloorToken(), (parent) => parent.child());
          return () => root.cancel('manual');
        },
      },
    ],
    targets: [against('native', 0.04, LARGE)],
  },
  {
    kind: 'time',
    name: 'cancel 1M flat children, per child',
    standsFor: 'a long-lived parent with everything under it',
    rounds: 3,
    contenders: [
      {
        name: OURS,
        operations: FLAT_CHILDREN,
        ready() {
          const root = new CancellationToken();
          for (let i = 0; i < FLAT_CHILDREN; i++) root.child();
          return () => root.cancel();
        },
      },
      {
        name: 'Effect Scope',
        operations: FLAT_CHILDREN,
        ready() {
          const root = effectScope();
          return () => Effect.runSync(Scope.close(root, Exit.void));
        },
      },
      {
        name: 'floor',
        operations: FLAT_CHILDREN,
        ready() {
          const root = new FloorToken();
          for (let i = 0; i < FLAT_CHILDREN; i++) root.child();
          return () => root.cancel('manual');
        },
      },
    ],
    targets: [against('Effect Scope', 0.15, LARGE)],
  },
  {
    kind: 'check',
    name: 'chain of 100k',
    standsFor: 'depth does not matter: native chains silently lose what is deep',
    expected: 'all cancelled, no exception',
    check() {
      const chain = ourChain();
      try {
        chain[0]?.cancel();
      } catch (error) {
        return `threw ${String(error)}`;
      }
      const missed = chain.filter((token) => !token.isCancelled).length;
      return missed === 0 ? 'all cancelled, no exception' : `${missed} not cancelled`;
    },
  },
];

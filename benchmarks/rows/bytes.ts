/** Memory: what a token holds, and what one leaves behind. */
import { FloorToken } from '../floor.ts';
import { CancellationToken } from '../library.ts';
import { abortChild } from '../native.ts';
import { against, OURS, type Row, type Slack } from '../row.ts';

/** For rows that measure the heap. */
const HEAP: Slack = { tolerance: 0.05, because: 'the heap is counted after full collections: a few bytes of noise' };

/** Few enough for the native ones: a signal looks through all its listeners for each it is given. */
const OBJECTS = 10_000;

/** `count` of them, and whatever else must live. */
function many<T>(count: number, make: () => T, alongside?: unknown): readonly [T[], unknown] {
  const kept = Array.from({ length: count }, make);
  return [kept, alongside];
}

/** A controller with its signal, without which it is of no use. */
function newController(): AbortController {
  const controller = new AbortController();
  void controller.signal;
  return controller;
}

/** The bytes of the place in an array that keeps an object. */
const SLOT = 8;

/** Our bytes over a contender's, without the array that keeps them. */
function bytesAgainst(contender: string, atMost: number): ReturnType<typeof against> {
  const target = against(contender, atMost, HEAP);
  const object = (bytes: number | undefined): number => (bytes as number) - SLOT;
  return { ...target, ratio: (costs) => object(costs[OURS]) / object(costs[contender]) };
}

export const bytesRows: readonly Row[] = [
  {
    kind: 'bytes',
    name: 'bytes: bare token',
    standsFor: 'what each request holds',
    count: OBJECTS,
    contenders: [
      { name: OURS, keep: (count) => many(count, () => new CancellationToken()) },
      { name: 'native', keep: (count) => many(count, newController) },
      { name: 'floor', keep: (count) => many(count, () => new FloorToken()) },
    ],
    targets: [bytesAgainst('native', 1.5)],
  },
  {
    kind: 'bytes',
    name: 'bytes: live child',
    standsFor: 'what each call inside a request holds',
    count: OBJECTS,
    contenders: [
      {
        name: OURS,
        keep(count) {
          const parent = new CancellationToken();
          return many(count, () => parent.child(), parent);
        },
      },
      {
        name: 'native',
        keep(count) {
          const parent = new AbortController();
          return many(
            count,
            () => {
              const { controller } = abortChild(parent.signal);
              void controller.signal;
              return controller;
            },
            parent,
          );
        },
      },
      {
        name: 'floor',
        keep(count) {
          const parent = new FloorToken();
          return many(count, () => parent.child(), parent);
        },
      },
    ],
    targets: [bytesAgainst('native', 0.7)],
  },
  {
    kind: 'bytes',
    name: '1M children of a long-lived parent',
    standsFor: 'a process that runs for weeks; bytes left a child that came and went',
    count: 1_000_000,
    contenders: [
      {
        name: OURS,
        keep(count) {
          const parent = new CancellationToken();
          for (let i = 0; i < count; i++) parent.child().dispose();
          return parent;
        },
      },
      {
        name: 'floor',
        keep(count) {
          const parent = new FloorToken();
          for (let i = 0; i < count; i++) parent.child().dispose();
          return parent;
        },
      },
    ],
    targets: [
      {
        against: '1 byte',
        atMost: 1,
        tolerance: 0,
        because: 'one byte is already slack: nothing may be left',
        ratio: (costs) => costs[OURS] as number,
      },
    ],
  },
];

/** Listeners: many at once, coming and going, bound and unbound. */
import { FloorToken } from '../floor.ts';
import { CancellationToken } from '../library.ts';
import { sink } from '../measure.ts';
import { against, COLLECTED, type Contender, OURS, type Row, STEADY } from '../row.ts';

const MANY = 1_000;
const OTHERS = 10_000;
const unbound = { bind: false } as const;

let calls = 0;
/** A listener of its own: EventTarget takes the same function only once. */
const newListener = (): (() => void) => () => void calls++;
const listeners = Array.from({ length: MANY }, newListener);
const ignore = newListener();

function oursAmong(others: number, name: string, options: { readonly bind: boolean }): Contender {
  return {
    name,
    ready() {
      const token = new CancellationToken();
      for (let i = 0; i < others; i++) token.onCancel(newListener(), unbound);
      return (times) => {
        for (let i = 0; i < times; i++) sink.value = token.onCancel(ignore, options).dispose();
      };
    },
  };
}

function nativeAmong(others: number, name: string): Contender {
  return {
    name,
    ready() {
      const { signal } = new AbortController();
      for (let i = 0; i < others; i++) signal.addEventListener('abort', newListener());
      return (times) => {
        for (let i = 0; i < times; i++) {
          signal.addEventListener('abort', ignore);
          signal.removeEventListener('abort', ignore);
        }
        return signal;
      };
    },
  };
}

function floorAmong(others: number, name: string): Contender {
  return {
    name,
    ready() {
      const token = new FloorToken();
      for (let i = 0; i < others; i++) token.onCancel(newListener());
      return (times) => {
        for (let i = 0; i < times; i++) sink.value = token.onCancel(ignore).dispose();
      };
    },
  };
}

export const listenerRows: readonly Row[] = [
  {
    kind: 'time',
    name: '1,000 listeners + cancel',
    standsFor: 'one stop button for a thousand pieces of work',
    contenders: [
      {
        name: OURS,
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const token = new CancellationToken();
            for (const listener of listeners) token.onCancel(listener, unbound);
            token.cancel();
          }
          return calls;
        },
      },
      {
        name: 'native',
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const controller = new AbortController();
            for (const listener of listeners) controller.signal.addEventListener('abort', listener);
            controller.abort();
          }
          return calls;
        },
      },
      {
        name: 'floor',
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const token = new FloorToken();
            for (const listener of listeners) token.onCancel(listener);
            token.cancel('manual');
          }
          return calls;
        },
      },
    ],
    targets: [against('native', 0.02, COLLECTED)],
  },
  {
    kind: 'time',
    name: 'add + remove a listener',
    standsFor: 'each await that can be cancelled, on a token of its own',
    contenders: [oursAmong(0, OURS, unbound), nativeAmong(0, 'native'), floorAmong(0, 'floor')],
    targets: [against('native', 0.15)],
  },
  {
    kind: 'time',
    name: 'add + remove a listener among 10,000',
    standsFor: 'the same on a token that the whole process shares',
    contenders: [
      oursAmong(OTHERS, OURS, unbound),
      nativeAmong(OTHERS, 'native'),
      floorAmong(OTHERS, 'floor'),
      oursAmong(0, 'its own with none', unbound),
    ],
    targets: [
      against('native', 0.15),
      against('its own with none', 3, { tolerance: 0, because: 'the target is a range, 2 to 3, and this is its end' }),
    ],
  },
  {
    kind: 'time',
    name: 'add + remove a bound listener',
    standsFor: 'the same, run in the async context of whoever registered it',
    contenders: [oursAmong(0, OURS, { bind: true }), nativeAmong(0, 'native')],
    targets: [against('native', 0.6, STEADY)],
  },
];

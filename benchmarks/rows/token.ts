/**
 * Making a token, and cancelling it.
 *
 * A native controller makes its signal when first asked for it; without one it is of no use to anybody, so each
 * native contender asks. A token of ours is both in one.
 */
import { FloorToken } from '../floor.ts';
import { CancellationToken } from '../library.ts';
import { sink } from '../measure.ts';
import { against, COLLECTED, OURS, type Row } from '../row.ts';

let calls = 0;
const count = (): void => void calls++;
const readyReason = new Error('ready');

export const tokenRows: readonly Row[] = [
  {
    kind: 'time',
    name: 'create',
    standsFor: 'every request makes one, most are never cancelled',
    contenders: [
      {
        name: OURS,
        ready: () => (times) => {
          for (let i = 0; i < times; i++) sink.value = new CancellationToken();
        },
      },
      {
        name: 'native',
        ready: () => (times) => {
          for (let i = 0; i < times; i++) sink.value = new AbortController().signal;
        },
      },
      {
        name: 'floor',
        ready: () => (times) => {
          for (let i = 0; i < times; i++) sink.value = new FloorToken();
        },
      },
    ],
    targets: [against('native', 1.0, COLLECTED)],
  },
  {
    kind: 'time',
    name: 'create + cancel',
    standsFor: 'a cancel nobody listens to',
    contenders: [
      {
        name: OURS,
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const token = new CancellationToken();
            token.cancel();
            sink.value = token;
          }
        },
      },
      {
        name: 'native',
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const controller = new AbortController();
            sink.value = controller.signal;
            controller.abort();
          }
        },
      },
      {
        name: 'native, ready reason',
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const controller = new AbortController();
            sink.value = controller.signal;
            controller.abort(readyReason);
          }
        },
      },
      {
        name: 'floor',
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const token = new FloorToken();
            token.cancel('manual');
            sink.value = token;
          }
        },
      },
    ],
    targets: [against('native', 0.03, COLLECTED), against('native, ready reason', 0.35, COLLECTED)],
  },
  {
    kind: 'time',
    name: 'create + 1 listener + cancel',
    standsFor: 'a cancel that stops one piece of work',
    contenders: [
      {
        name: OURS,
        ready: () => (times) => {
          for (let i = 0; i < times; i++) {
            const token = new CancellationToken();
            token.onCancel(count, { bind: false });
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
            controller.signal.addEventListener('abort', count);
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
            token.onCancel(count);
            token.cancel('manual');
          }
          return calls;
        },
      },
    ],
    targets: [against('native', 0.03, COLLECTED)],
  },
];

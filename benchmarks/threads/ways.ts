/**
 * Ways for one thread to wake another: ours, and what services use today.
 *
 * W1. What can be wired once is: a port, a flag. A token and an AbortSignal are new each time: they work only once.
 */
import { transferableAbortController } from 'node:util';
import type { MessagePort, Transferable } from 'node:worker_threads';
import { attachToken, CancellationToken, type SharedTokenHandle, shareToken } from '../library.ts';
import { LONGEST_WAIT_MS, type Memory } from './memory.ts';

/** One thread's end of what connects it to another. */
export interface End extends Memory {
  /** Carries what is said before each measurement. */
  readonly port: MessagePort;
  /** The port of the ways that have one (W1). */
  readonly wired: MessagePort;
}

/** What the thread that wakes has made ready. */
interface Ready {
  /** For the other thread. */
  readonly message?: unknown;
  readonly transfer?: readonly Transferable[];
  readonly fire: () => unknown;
}

/** A way to wake a thread. */
export interface Way {
  /** On the thread that wakes. */
  readonly ready: (end: End) => Ready;
  /** On the other: calls `heard` when it wakes. One that blocks instead gives what blocks. */
  readonly listen: (end: End, message: unknown, heard: () => void) => (() => unknown) | undefined;
}

export const TOKEN = 'cancelscope';
export const SIGNAL = 'transferred AbortSignal';
export const PORT = 'shared flag + MessagePort';
export const DOORBELL = 'shared flag + Atomics.waitAsync';
export const MESSAGE = 'postMessage of a small object';
export const TOKEN_BLOCKED = 'token.waitSync';
export const ATOMICS = 'Atomics.wait + notify';

function readyToken(): Ready {
  const token = new CancellationToken();
  return { message: shareToken(token), fire: () => token.cancel() };
}

function readyAtomics({ flag }: End): Ready {
  Atomics.store(flag, 0, 0);
  return {
    fire() {
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
    },
  };
}

export const WAYS: Readonly<Record<string, Way>> = {
  [TOKEN]: {
    ready: readyToken,
    listen(_, handle, heard) {
      attachToken(handle as SharedTokenHandle).onCancel(heard, { bind: false });
      return undefined;
    },
  },
  [SIGNAL]: {
    ready() {
      const controller = transferableAbortController();
      const { signal } = controller;
      return { message: signal, transfer: [signal], fire: () => controller.abort() };
    },
    listen(_, signal, heard) {
      (signal as AbortSignal).addEventListener('abort', heard);
      return undefined;
    },
  },
  [PORT]: {
    ready({ flag, wired }) {
      Atomics.store(flag, 0, 0);
      return {
        fire() {
          Atomics.store(flag, 0, 1);
          wired.postMessage(null, []);
        },
      };
    },
    listen({ flag, wired }, _, heard) {
      wired.once('message', () => {
        if (Atomics.load(flag, 0) === 1) heard();
      });
      return undefined;
    },
  },
  [DOORBELL]: {
    ready: readyAtomics,
    listen({ flag }, _, heard) {
      const waiting = Atomics.waitAsync(flag, 0, 0);
      if (waiting.async) void waiting.value.then(heard);
      else heard();
      return undefined;
    },
  },
  [MESSAGE]: {
    ready: ({ wired }) => ({ fire: () => wired.postMessage({ id: 1 }, []) }),
    listen({ wired }, _, heard) {
      wired.once('message', heard);
      return undefined;
    },
  },
  [TOKEN_BLOCKED]: {
    ready: readyToken,
    listen(_, handle) {
      const token = attachToken(handle as SharedTokenHandle);
      return () => token.waitSync(LONGEST_WAIT_MS);
    },
  },
  [ATOMICS]: {
    ready: readyAtomics,
    listen:
      ({ flag }) =>
      () =>
        Atomics.wait(flag, 0, 0, LONGEST_WAIT_MS),
  },
};

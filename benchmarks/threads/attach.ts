/**
 * Handing tokens and AbortSignals to another thread: what each of the two threads spends on it, added up.
 *
 * A1. Messages are taken by `receiveMessageOnPort` once all are there: waking the thread is not part of it.
 * A2. A handle goes along in the message that brings the work, so the token's price is without one; what it is in a
 *     message of its own stands beside it. An AbortSignal cannot travel but by being transferred.
 */
import { transferableAbortController } from 'node:util';
import { type MessagePort, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { attachToken, CancellationToken, type SharedTokenHandle, shareToken } from '../library.ts';

/** How many are handed over at a time: fewer than a thread holds when it begins to look for those nobody needs. */
const BATCH = 32;

/** What is handed over, on the thread that has it. */
interface Made {
  readonly message: unknown;
  readonly transfer?: readonly Transferable[];
  /** When all is over. */
  readonly end?: () => void;
}

interface Cargo {
  readonly make: () => Made;
  /** On the other thread; gives what must be let go of when all is over. */
  readonly take: (message: unknown) => Disposable | undefined;
  /** Whether all travel in one message, uncounted (A2). */
  readonly together: boolean;
}

export const TOKEN = 'cancelscope';
export const TOKEN_MESSAGE = 'cancelscope, messages of their own';
export const SIGNAL = 'AbortSignal, create + transfer';
export const MESSAGE = 'a small message';

const token = {
  make() {
    const made = new CancellationToken();
    return { message: shareToken(made), end: () => made.dispose() };
  },
  take: (handle: unknown) => attachToken(handle as SharedTokenHandle),
};

const CARGOES: Readonly<Record<string, Cargo>> = {
  [TOKEN]: { ...token, together: true },
  [TOKEN_MESSAGE]: { ...token, together: false },
  [SIGNAL]: {
    make() {
      const controller = transferableAbortController();
      const { signal } = controller;
      return { message: signal, transfer: [signal], end: () => controller.abort() };
    },
    take: () => undefined,
    together: false,
  },
  [MESSAGE]: { make: () => ({ message: { id: 1 } }), take: () => undefined, together: false },
};

/** Makes a batch and sends it. @returns The ns that took, and what ends it all. */
export function sendBatch(name: string, port: MessagePort): { readonly ns: number; readonly end: () => void } {
  const { make, together } = cargoOf(name);
  const batch: Made[] = [];
  const from = process.hrtime.bigint();
  for (let i = 0; i < BATCH; i++) {
    const made = make();
    if (!together) port.postMessage(made.message, made.transfer);
    batch.push(made);
  }
  const ns = Number(process.hrtime.bigint() - from);
  if (together) port.postMessage(batch.map(({ message }) => message));
  return {
    ns,
    end() {
      for (const { end } of batch) end?.();
    },
  };
}

/** Takes a batch that has been sent, and lets go of it. @returns The ns the taking took. */
export function takeBatch(name: string, port: MessagePort): number {
  const { take, together } = cargoOf(name);
  const messages = together ? (next(port) as readonly unknown[]) : undefined;
  const taken: (Disposable | undefined)[] = [];
  const from = process.hrtime.bigint();
  for (let i = 0; i < BATCH; i++) taken.push(take(messages === undefined ? next(port) : messages[i])); // A1
  const ns = Number(process.hrtime.bigint() - from);
  for (const each of taken) each?.[Symbol.dispose]();
  return ns;
}

/** What each of a batch cost. */
export function each(ns: number): number {
  return ns / BATCH;
}

function next(port: MessagePort): unknown {
  const received = receiveMessageOnPort(port);
  if (received === undefined) throw new Error('a message of the batch is not there');
  return received.message as unknown;
}

function cargoOf(name: string): Cargo {
  const cargo = CARGOES[name];
  if (cargo === undefined) throw new Error(`nothing that is handed over is called ${name}`);
  return cargo;
}

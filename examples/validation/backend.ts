/**
 * Where a part of a validation program runs: `local`, on this thread, or `thread`, in a worker of its own.
 * `node examples/validation/timeout.ts thread` runs a program on one of them, without a name on both.
 *
 * A part is an exported function of the program, the same one on both. Only how its token gets there differs.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import type { CancellationToken, Scope } from 'cancelscope';
import { attachToken, shareToken } from 'cancelscope/thread';

/** What a part is given where it runs. */
export interface Here {
  readonly token: CancellationToken;
  /** Tells whoever started the part that it is at work. */
  readonly started: () => void;
  /** Looks between two steps of a computation whether `scope` is cancelled. @throws {CancelledError} */
  readonly look: (scope: Scope) => Promise<void> | void;
}

/** Does some work, and returns what there is to say about it. */
export type Part = (here: Here) => Promise<string[]>;

/** A part that was started. */
export interface Running {
  readonly started: Promise<unknown>;
  readonly said: Promise<string[]>;
}

/** Starts parts, and looks as they do. */
export interface Backend {
  readonly start: (part: Part, token: CancellationToken) => Running;
  readonly look: Here['look'];
}

/** Calls a function in nobody's async context, so in no scope: as the handler of an event would be called. */
const fromOutside = AsyncLocalStorage.snapshot();

const local: Backend = {
  start(part, token) {
    const events = new EventEmitter();
    const here: Here = { token, started: () => events.emit('started'), look: local.look };
    return { started: once(events, 'started'), said: nextTurn().then(() => fromOutside(part, here)) };
  },
  look: (scope) => scope.checkpoint(), // whoever cancels is on this thread too: its event loop has to turn
};

const thread: Backend = {
  start(part, token) {
    const job = { program: process.argv[1], part: part.name, token: shareToken(token) };
    const worker = new Worker(import.meta.filename, { workerData: job });
    const said = new Promise<string[]>((resolve, reject) => {
      worker.on('message', (message: 'started' | string[]) => message !== 'started' && resolve(message));
      worker.on('error', reject);
    });
    return { started: once(worker, 'message'), said };
  },
  look: (scope) => scope.throwIfCancelled(), // whoever cancels is on another thread: no turn is needed to see it
};

/** The worker's side of `thread.start`. */
async function runJob(port: MessagePort, { program, part, token }: typeof workerData): Promise<void> {
  const parts = (await import(program)) as Record<string, Part>;
  const here: Here = { token: attachToken(token), started: () => port.postMessage('started'), look: thread.look };
  port.postMessage(await parts[part]?.(here));
}

type Program = (backend: Backend, say: (line: string) => void) => Promise<void>;

/** Runs `program` on the backend that the command line names; else on both, which have to say the same. */
export async function onBackends(program: Program): Promise<void> {
  if (parentPort !== null) return; // imported by a worker, for one of its parts
  const named = process.argv[2];
  if (named === 'local') return program(local, console.log);
  if (named === 'thread') return program(thread, console.log);
  assert(named === undefined, 'a backend is local or thread');
  const onLocal: string[] = [];
  const onThread: string[] = [];
  await program(local, (line) => onLocal.push(line));
  await program(thread, (line) => onThread.push(line));
  assert.deepEqual(onThread, onLocal);
  console.log(`${onLocal.join('\n')}\n(the same on local and on thread)`);
}

if (parentPort !== null) void runJob(parentPort, workerData);

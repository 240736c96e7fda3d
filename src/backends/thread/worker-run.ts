/**
 * One run of a task on a thread of its own, from the side that waits for it.
 *
 *   running ──cancel──▶ asked ──grace over──▶ killed
 *      │                  │                     │
 *      └──────────────────┴───────ended─────────┘
 *
 * Q1. A cancel sets the shared flag at once; only when the grace is over is the thread terminated.
 * Q2. However the thread ends, the promise settles, once, and the step that ended the work is told to monitors.
 * Q3. A thread that stays behind after its task has ended (a timer, a socket) is terminated after the grace too.
 */
import { type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import {
  type CancellationToken,
  hooks,
  type Scope,
  scopeInfo,
  type Timer,
  type WorkerEndStep,
} from '../../token/index.ts';
import { fromWireError, type WireError } from './error-wire.ts';
import { begin, type Job } from './job.ts';
import { threadLinks } from './thread-links.ts';
import { WorkerExitedError } from './worker-exited-error.ts';

/** How far a run has come. */
export type RunState = 'running' | 'asked' | 'killed';

/** How the work ended, as its thread told it, or as its end showed. */
export type RunEnd =
  | { readonly how: 'returned'; readonly value: unknown }
  | { readonly how: 'threw'; readonly error: WireError }
  | { readonly how: 'crashed'; readonly error: unknown }
  | { readonly how: 'exited'; readonly code: number };

/** The step that ended the work (Q2). */
export function endStep(state: RunState, end: RunEnd): WorkerEndStep {
  switch (end.how) {
    case 'returned':
      return 'returned';
    case 'threw':
      return state !== 'running' && 'cancelled' in end.error ? 'stopped' : 'threw';
    case 'crashed':
      return 'threw';
    case 'exited':
      return state === 'killed' ? 'terminated' : 'exited';
  }
}

/** A run under way. */
export class WorkerRun {
  readonly result: Promise<unknown>;
  readonly #scope: Scope;
  readonly #worker: Worker;
  readonly #threadId: number;
  readonly #graceMs: number;
  readonly #startedAt: number;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  readonly #job: Job;
  readonly #token: CancellationToken;
  #state: RunState = 'running';
  #withdrawn = false;
  #grace: Timer | undefined;
  #ended = false;

  constructor(scope: Scope, token: CancellationToken, job: Job, worker: Worker, port: MessagePort, graceMs: number) {
    this.#scope = scope;
    this.#token = token;
    this.#job = job;
    this.#worker = worker;
    this.#threadId = worker.threadId;
    this.#graceMs = graceMs;
    this.#startedAt = scope._clock.now();
    const { promise, resolve, reject } = withResolvers();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    port.on('message', (end: RunEnd) => this.#end(end));
    // Its own word goes first (Q2): the end of a thread may overtake what it sent before.
    const heed = (): void => {
      const said = receiveMessageOnPort(port);
      if (said !== undefined) this.#end(said.message as RunEnd);
    };
    worker.on('error', (error: unknown) => {
      heed();
      this.#end({ how: 'crashed', error });
    });
    worker.on('exit', (code) => {
      heed();
      port.close();
      this.#grace?.clear();
      this.#end({ how: 'exited', code });
    });
  }

  /** The scope was cancelled, and its task reads it already. */
  ask(): void {
    if (this.#ended || this.#state !== 'running') return;
    this.#state = 'asked';
    this.#withdrawn = begin(this.#job);
    this.#terminateAfterGrace(true);
  }

  #terminateAfterGrace(keepAlive: boolean): void {
    if (this.#graceMs === Infinity) return;
    const kill = (): void => {
      this.#state = 'killed';
      void this.#worker.terminate();
    };
    this.#grace = this.#scope._clock.setTimer(kill, Math.max(0, this.#graceMs), keepAlive);
  }

  #end(end: RunEnd): void {
    if (this.#ended) return; // Q2
    threadLinks.hear(this.#threadId); // K3
    const error = end.how === 'returned' ? undefined : this.#errorOf(end); // may find the deadline over, and ask
    this.#ended = true;
    this.#grace?.clear();
    if (end.how !== 'exited') {
      this.#worker.unref();
      this.#terminateAfterGrace(false); // Q3
    }
    this.#publish(this.#withdrawn ? 'stopped' : endStep(this.#state, end));
    if (end.how === 'returned') this.#resolve(end.value);
    else this.#reject(error);
  }

  #errorOf(end: Exclude<RunEnd, { readonly how: 'returned' }>): unknown {
    const stopped = this.#withdrawn || end.how === 'exited' || (end.how === 'threw' && 'cancelled' in end.error);
    try {
      if (stopped) this.#scope.throwIfCancelled(); // the cancel, or the deadline that the task noticed first
      if (stopped) this.#token.throwIfCancelled(); // its scope ended without it
    } catch (error) {
      return error;
    }
    if (end.how === 'crashed') return end.error;
    return end.how === 'threw' ? fromWireError(end.error) : new WorkerExitedError(end.code);
  }

  #publish(step: WorkerEndStep): void {
    if (hooks.workerEnded === null) return;
    const { _clock: clock, _phases: phases } = this.#scope;
    hooks.workerEnded(scopeInfo(this.#scope), {
      step,
      startedAt: this.#startedAt,
      endedAt: clock.now(),
      requestedAt: phases?.requestedAt,
    });
  }
}

function withResolvers(): {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
} {
  let resolve!: (value: unknown) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<unknown>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}

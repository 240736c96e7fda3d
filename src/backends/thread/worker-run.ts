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
import type { MessagePort, Worker } from 'node:worker_threads';
import { hooks, type Scope, scopeInfo, type Timer, type WorkerEndStep } from '../../token/index.ts';
import { fromWireError, type WireError } from './error-wire.ts';
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
      return 'cancelled' in end.error ? 'stopped' : 'threw';
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
  readonly #graceMs: number;
  readonly #startedAt: number;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #state: RunState = 'running';
  #grace: Timer | undefined;
  #ended = false;

  constructor(scope: Scope, worker: Worker, port: MessagePort, graceMs: number) {
    this.#scope = scope;
    this.#worker = worker;
    this.#graceMs = graceMs;
    this.#startedAt = scope._clock.now();
    const { promise, resolve, reject } = withResolvers();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    port.on('message', (end: RunEnd) => this.#end(end));
    worker.on('error', (error: unknown) => this.#end({ how: 'crashed', error }));
    worker.on('exit', (code) => {
      port.close();
      this.#grace?.clear();
      this.#end({ how: 'exited', code });
    });
  }

  /** The scope was cancelled, and its task reads it already. */
  ask(): void {
    if (this.#ended || this.#state !== 'running') return;
    this.#state = 'asked';
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
    this.#ended = true;
    this.#grace?.clear();
    if (end.how !== 'exited') {
      this.#worker.unref();
      this.#terminateAfterGrace(false); // Q3
    }
    this.#publish(endStep(this.#state, end));
    if (end.how === 'returned') this.#resolve(end.value);
    else this.#reject(this.#errorOf(end));
  }

  #errorOf(end: Exclude<RunEnd, { readonly how: 'returned' }>): unknown {
    if (end.how === 'crashed') return end.error;
    if (end.how === 'threw' && !('cancelled' in end.error)) return fromWireError(end.error);
    try {
      this.#scope.throwIfCancelled(); // the cancel, or the deadline that the task noticed first
    } catch (error) {
      return error;
    }
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

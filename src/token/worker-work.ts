/**
 * Work of a scope on another thread: what the thread backend does for the token layer, which knows no worker.
 */
import { UnsupportedError } from './errors.ts';
import { processState } from './process-state.ts';
import type { Scope } from './scope.ts';

/** A module whose default export is the task, or a module and which of its exports is. Paths as `new Worker` takes them. */
export type WorkerTask = string | URL | { readonly file: string | URL; readonly name: string };

/** What a task's module exports. It runs in a scope of its own, which is what `currentScope()` gives there. */
export type WorkerTaskFunction<Data = unknown, Result = unknown> = (
  data: Data,
  scope: Scope,
) => Result | PromiseLike<Result>;

/** Options of {@link Scope.runInWorker}. */
export interface RunInWorkerOptions {
  /** How long a cancelled task may go on, in ms, before its thread is terminated; default 5000, `Infinity` for ever. */
  readonly graceMs?: number;
  /** What the task's scope is called in telemetry, and its thread in causes; default the scope's own name, and `worker`. */
  readonly name?: string;
  /** What is moved to the thread instead of copied. */
  readonly transferList?: readonly unknown[];
  /** Further options of `new Worker`: `env`, `execArgv`, `resourceLimits` and the like. */
  readonly worker?: object;
}

/**
 * What ended work on another thread: it `returned`, or `threw`; cancelled, it `stopped` by itself, or was `terminated`
 * when its grace was over; or its thread `exited` under it.
 */
export type WorkerEndStep = (typeof WORKER_END_STEPS)[number];

/** Every step, in the order documents list them. */
export const WORKER_END_STEPS = ['returned', 'threw', 'stopped', 'terminated', 'exited'] as const;

/** Runs tasks on other threads. */
export interface WorkerRunner {
  run(scope: Scope, task: WorkerTask, data: unknown, options: RunInWorkerOptions): Promise<unknown>;
}

/** Runs a task of `scope` on another thread. */
export function runInWorker(
  scope: Scope,
  task: WorkerTask,
  data: unknown,
  options: RunInWorkerOptions,
): Promise<unknown> {
  const { workerRunner } = processState;
  if (workerRunner !== null) return workerRunner.run(scope, task, data, options);
  return Promise.reject(new UnsupportedError("runInWorker needs the thread backend: import 'cancelscope/thread'"));
}

/**
 * Work of a scope on a thread of a piscina pool: the pool chooses the thread, the scope cancels the work.
 *
 * N1. A cancel sets the shared flag at once. Work that has begun has its grace to stop; then the pool is told to abort
 *     it, which ends its thread and starts another. Work that has not begun leaves the queue at once.
 */
import {
  type CancellationToken,
  checkedMs,
  checkScopeName,
  hooks,
  InvalidArgumentError,
  type Scope,
  scopeInfo,
  type Timer,
  type WorkerEndStep,
  type WorkerTaskFunction,
} from '../../token/index.ts';
import { flushForwarding } from '../../instrumentation/index.ts';
import { type WireError, fromWireError, wireError } from './error-wire.ts';
import { begin, endWithScope, type Job, makeJob, runJob, tokenOfWork } from './job.ts';

/** What is needed of a pool. A `Piscina` has it. */
export interface PiscinaLike {
  run(data: unknown, options?: object): Promise<unknown>;
}

/** Options of {@link runInPiscina}. */
export interface RunInPiscinaOptions {
  /** How long cancelled work may go on, in ms, before the pool aborts it; default 5000, `Infinity` for ever. */
  readonly graceMs?: number;
  /** What the work's scope is called in telemetry; default the scope's own name. */
  readonly name?: string;
  /** Further options of `pool.run`: `filename`, `transferList`. `signal` and `name` are taken. */
  readonly run?: object;
}

/** What a task gives back to {@link runInPiscina}. */
type Outcome = { readonly value: unknown } | { readonly thrown: WireError };

/**
 * Runs the pool's task on `data`, in a scope that `scope` cancels. The task's module wraps it in {@link piscinaTask}.
 *
 * @throws what the task threw; a CancelledError; what the pool rejects with.
 *
 * @example
 * const thumbnail = await cancelScope('thumbnail', { timeoutMs: 2_000 }, (scope) =>
 *   runInPiscina(scope, pool, { image }, { graceMs: 500 }),
 * );
 */
export async function runInPiscina<T = unknown>(
  scope: Scope,
  pool: PiscinaLike,
  data?: unknown,
  { graceMs = 5000, name, run = {} }: RunInPiscinaOptions = {},
): Promise<T> {
  checkedMs('graceMs', graceMs);
  if (typeof pool?.run !== 'function') throw new InvalidArgumentError('pool', 'a piscina pool', pool);
  if (name !== undefined) checkScopeName(name);
  const token = tokenOfWork(scope, name);
  const settling = endWithScope(scope, token);
  try {
    const work = new PooledWork(scope, token, graceMs, makeJob(scope, token, name ?? scope.name, data));
    token._register(() => work.ask(), false, true);
    return (await work.run(pool, run)) as T;
  } finally {
    settling[Symbol.dispose]();
    token.dispose();
  }
}

/** Work given to a pool. */
class PooledWork {
  readonly #scope: Scope;
  readonly #token: CancellationToken;
  readonly #graceMs: number;
  readonly #job: Job;
  readonly #abort = new AbortController();
  readonly #startedAt: number;
  #grace: Timer | undefined;
  #withdrawn = false;

  constructor(scope: Scope, token: CancellationToken, graceMs: number, job: Job) {
    this.#scope = scope;
    this.#token = token;
    this.#graceMs = graceMs;
    this.#job = job;
    this.#startedAt = scope._clock.now();
  }

  /** The scope was cancelled. */
  ask(): void {
    this.#withdrawn = begin(this.#job); // N1
    if (this.#withdrawn) this.#abort.abort();
    else if (this.#graceMs !== Infinity) {
      const abort = (): void => this.#abort.abort();
      this.#grace = this.#scope._clock.setTimer(abort, Math.max(0, this.#graceMs), true);
    }
  }

  async run(pool: PiscinaLike, options: object): Promise<unknown> {
    let outcome: Outcome;
    try {
      outcome = (await pool.run(this.#job, { ...options, signal: this.#abort.signal })) as Outcome;
    } catch (error) {
      this.#publish(this.#endOf(error));
      if (this.#abort.signal.aborted) this.#throwCancel();
      throw error;
    } finally {
      this.#grace?.clear();
    }
    if ('value' in outcome) {
      this.#publish('returned');
      return outcome.value;
    }
    try {
      if (this.#withdrawn || 'cancelled' in outcome.thrown) this.#throwCancel();
    } catch (error) {
      this.#publish('stopped');
      throw error;
    }
    this.#publish('threw');
    throw fromWireError(outcome.thrown);
  }

  /** Throws for the cancel, or for the deadline that the work noticed first. */
  #throwCancel(): void {
    this.#scope.throwIfCancelled();
    this.#token.throwIfCancelled(); // its scope ended without it
  }

  #endOf(error: unknown): WorkerEndStep {
    if (this.#withdrawn) return 'stopped';
    if (begin(this.#job)) return 'threw'; // the pool refused it, or could not load the task
    return this.#abort.signal.aborted && isAbort(error) ? 'terminated' : 'exited';
  }

  #publish(step: WorkerEndStep): void {
    if (hooks.workerEnded === null) return;
    const { _clock: clock, _phases: phases } = this.#scope;
    const event = { step, startedAt: this.#startedAt, endedAt: clock.now(), requestedAt: phases?.requestedAt };
    hooks.workerEnded(scopeInfo(this.#scope), event);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/**
 * Makes a task for a pool whose work comes by {@link runInPiscina}: it runs in a scope, which is `currentScope()` there.
 *
 * @example
 * // the file of the pool
 * export default piscinaTask(async ({ image }, scope) => {
 *   for (const tile of tilesOf(image)) {
 *     scope.throwIfCancelled();
 *     shrink(tile);
 *   }
 * });
 */
export function piscinaTask<Data = unknown, Result = unknown>(
  task: WorkerTaskFunction<Data, Result>,
): (job: unknown) => Promise<unknown> {
  return async (job): Promise<Outcome> => {
    try {
      return outcomeOf(await runJob(job as Job, task));
    } catch (error) {
      return { thrown: wireError(error) };
    } finally {
      flushForwarding(); // the pool blocks an idle thread: nothing gets out of it before its next job
    }
  };
}

const MOVED = Symbol.for('Piscina.transferable');
const VALUE = Symbol.for('Piscina.valueOf');

/** What a task returned, on its way. What it wrapped in piscina's `move` stays wrapped, and so is moved. */
function outcomeOf(value: unknown): Outcome {
  if (typeof value !== 'object' || value === null) return { value };
  const isMoved = Object.getOwnPropertySymbols(value).some(({ description }) => description === 'Piscina.kMovable');
  if (!isMoved) return { value };
  const moved = value as { readonly [MOVED]: unknown; readonly [VALUE]: unknown };
  return Object.create(moved, {
    [MOVED]: { value: moved[MOVED] },
    [VALUE]: { value: { value: moved[VALUE] } },
  }) as Outcome;
}

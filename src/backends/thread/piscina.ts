/**
 * Work of a scope on a thread of a piscina pool: the pool chooses the thread, the scope cancels the work.
 *
 * N1. A cancel sets the shared flag at once. Work that has begun has its grace to stop; then the pool is told to abort
 *     it, which ends its thread and starts another. Work that has not begun leaves the queue at once.
 */
import {
  checkedMs,
  hooks,
  isCancelled,
  InvalidArgumentError,
  type Scope,
  scopeInfo,
  type Timer,
  type WorkerEndStep,
  type WorkerTaskFunction,
} from '../../token/index.ts';
import { type WireError, fromWireError, wireError } from './error-wire.ts';
import { begin, type Job, makeJob, runJob } from './job.ts';

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
  { graceMs = 5000, name = scope.name, run = {} }: RunInPiscinaOptions = {},
): Promise<T> {
  checkedMs('graceMs', graceMs);
  if (typeof pool?.run !== 'function') throw new InvalidArgumentError('pool', 'a piscina pool', pool);
  scope.throwIfCancelled();
  using token = scope.token.child({ name: `${name}.worker` });
  const job = makeJob(scope, token, name, data);
  const abort = new AbortController();
  const startedAt = scope._clock.now();
  let grace: Timer | undefined;
  let withdrawn = false;
  using _asking = token._register(
    () => {
      withdrawn = begin(job); // N1
      if (withdrawn) abort.abort();
      else if (graceMs !== Infinity) {
        grace = scope._clock.setTimer(() => abort.abort(), Math.max(0, graceMs), true);
      }
    },
    false,
    true,
  );
  const end = (step: WorkerEndStep): void => {
    const requestedAt = scope._phases?.requestedAt;
    hooks.workerEnded?.(scopeInfo(scope), { step, startedAt, endedAt: scope._clock.now(), requestedAt });
  };
  try {
    const outcome = (await pool.run(job, { ...run, signal: abort.signal })) as Outcome;
    if ('value' in outcome) {
      end('returned');
      return outcome.value as T;
    }
    end('cancelled' in outcome.thrown ? 'stopped' : 'threw');
    if ('cancelled' in outcome.thrown) scope.throwIfCancelled();
    throw fromWireError(outcome.thrown);
  } catch (error) {
    if (!abort.signal.aborted || isCancelled(error)) throw error;
    end(withdrawn ? 'stopped' : 'terminated');
    scope.throwIfCancelled();
    throw error;
  } finally {
    grace?.clear();
  }
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
      return { value: await runJob(job as Job, task) };
    } catch (error) {
      return { thrown: wireError(error) };
    }
  };
}

/**
 * A job: work of a scope on its way to another thread, and the scope it runs in there.
 *
 * O1. There it runs in a scope of its own that the job's token cancels, by the deadline of the scope that sent it, and in
 *     its trace. `currentScope()` is that scope.
 * O2. A job cancelled before it begins never does.
 * O3. A scope that ends before its job takes it along: the job is cancelled then.
 */
import {
  Disposer,
  cancelScope,
  type CancellationToken,
  InvalidStateError,
  isLive,
  type Scope,
  systemClock,
  systemReading,
  type WorkerTaskFunction,
} from '../../token/index.ts';
import { attachToken, type SharedTokenHandle, shareToken } from './share-token.ts';

/** A job, as data. */
export interface Job {
  readonly name: string;
  readonly data: unknown;
  readonly token: SharedTokenHandle;
  /** When it must be done, on the host's monotonic clock, in ns. */
  readonly deadlineNs: bigint | undefined;
  /** Whether it has begun: see {@link begin}. */
  readonly begun: Int32Array;
}

/** A job of `scope`, cancelled by `token`. */
export function makeJob(scope: Scope, token: CancellationToken, name: string, data: unknown): Job {
  const { deadline } = scope;
  const known = Number.isFinite(deadline) && scope._clock === systemClock; // on another clock it comes as a cancel
  return {
    name,
    data,
    token: shareToken(token),
    deadlineNs: known ? systemClock.toMonotonicNs(deadline) : undefined,
    begun: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** A token for work that `scope` sends to another thread. @throws {CancelledError} @throws {InvalidStateError} it has ended. */
export function tokenOfWork(scope: Scope, name = scope.name): CancellationToken {
  scope.throwIfCancelled();
  if (scope.outcome !== undefined)
    throw new InvalidStateError(`"${scope.name}" has ended: nothing could stop its work`);
  return scope.token.child({ name: `${name}.worker` });
}

/** Cancels work that `scope` has not waited for when it ends (O3). Dispose it when the work has ended. */
export function endWithScope(scope: Scope, token: CancellationToken): Disposable {
  const end = new Disposer(() => {
    if (isLive(token)) token.cancel('superseded', 'its scope has ended');
  });
  (scope._started ??= []).push(end);
  return new Disposer(() => {
    const started = scope._started ?? [];
    if (started.includes(end)) started.splice(started.indexOf(end), 1);
  });
}

/** Begins a job, or prevents it from ever beginning. @returns False when the other thread was first. */
export function begin(job: Job): boolean {
  return Atomics.compareExchange(job.begun, 0, 0, 1) === 0;
}

/** Runs a job here (O1). @throws {CancelledError} */
export async function runJob<Data, Result>(job: Job, task: WorkerTaskFunction<Data, Result>): Promise<Result> {
  if (!begin(job)) throw new InvalidStateError(`"${job.name}" was cancelled before it began`); // O2; its sender knows why
  const token = attachToken(job.token);
  try {
    const deadline = job.deadlineNs === undefined ? Infinity : systemReading(job.deadlineNs);
    return await cancelScope(job.name, { token, deadline }, (scope) => task(job.data as Data, scope));
  } finally {
    token.dispose();
  }
}

/**
 * Scopes: what owns work and waits for it. This is the handle; how one opens, hears of a cancel and settles is in
 * `scope-opening.ts`, `scope-cancelling.ts` and `scope-settling.ts`.
 *
 * S1. A scope has a token of its own; cancelling it never cancels a token it was given.
 * S4. Requested, acknowledged and settled are kept apart; the reason is read from the cause, never guessed.
 * S9. `throwIfCancelled` also looks at the deadline, so a loop that never yields notices its own timeout.
 */
import type { CancellationCause } from './cause.ts';
import { checkpoint } from './checkpoint.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Budget } from './deadline.ts';
import type { AcknowledgeMechanism, CancelPhases } from './lifecycle.ts';
import { ProgressReporter } from './progress.ts';
import { race, type RaceOptions } from './race.ts';
import type { CancellationReason } from './reason.ts';
import type { CancelListener, Registration } from './registration.ts';
import { runInScope } from './run-in-scope.ts';
import { acknowledge, deliver } from './scope-cancelling.ts';
import type { ScopeInfo } from './scope-info.ts';
import { open, parentFor, tokenFor } from './scope-opening.ts';
import { checkOptions, checkScopeName, type ScopeOptions } from './scope-options.ts';
import { settleOpened } from './scope-settling.ts';
import { type ScopeOutcome, scopeState, type ScopeState } from './scope-state.ts';
import { receiveFor } from './shared-state.ts';
import { shield, type ShieldOptions } from './shield.ts';
import { stream, type StreamOptions } from './stream.ts';
import type { StreamSource } from './stream-source.ts';
import { transformStream } from './stream-transform.ts';
import type { CancellationToken } from './token.ts';
import type { OnCancelOptions } from './token-options.ts';
import { CANCELLED, isLive } from './tree.ts';
import { runInWorker, type RunInWorkerOptions, type WorkerTask } from './worker-work.ts';

/** Work with an owner: one token, one deadline, one outcome. Made by `cancelScope` and `openScope`. */
export class Scope implements AsyncDisposable {
  /** Its own token (S1). */
  readonly token: CancellationToken;
  /** How it ended; undefined until then. */
  outcome: ScopeOutcome | undefined = undefined;
  /** What its work has produced so far; kept when it is cancelled. Streams add their items when asked to buffer. */
  partial: unknown = undefined;
  /** Promises that {@link race} left behind and that have not settled. */
  leftBehind = 0;
  /** @internal */
  _parent: Scope | undefined;
  /** @internal */
  readonly _openedAt: number;
  /** @internal Its own budget, or the one it shares with a scope around it. */
  _budget: Budget | null = null;
  /** @internal */
  _ownsBudget = false;
  /** @internal */
  readonly _options: ScopeOptions | undefined;
  /** @internal */
  _started: Disposable[] | null = null;
  /** @internal */
  _openChildren = 0;
  /** @internal */
  _newer: Scope | null = null;
  /** @internal */
  _older: Scope | null = null;
  /** @internal */
  _info: ScopeInfo | null = null;
  /** @internal */
  _phases: CancelPhases | null = null;
  /** @internal Who is told, once, that it was cancelled. */
  _hearer: { delivered(): void } | null = null;
  /** @internal What `fail` was given, wrapped. */
  _failure: { readonly error: unknown } | null = null;
  /** @internal */
  _progress: ProgressReporter | null = null;

  /**
   * @internal Opens it: throws what opening throws, with nothing left open (S12). Its token hangs under `above`: by
   * default its parent's; null for one that the parent cannot cancel, which has no part in its deadline either.
   */
  constructor(name: string, options?: ScopeOptions, ambient?: Scope, above?: CancellationToken | null) {
    checkScopeName(name);
    if (options !== undefined) checkOptions(options);
    const parent = parentFor(options, ambient);
    const clock = options?.clock ?? parent?._clock ?? systemClock;
    this._parent = parent;
    this._options = options;
    this.token = tokenFor(name, clock, above === undefined ? parent?.token : above);
    this._openedAt = clock.now();
    if (above !== null) this._budget = parent?._budget ?? null;
    open(this, options);
  }

  /** Unique among the processes and threads of a host. The same as its token's. */
  get id(): string {
    return this.token.id;
  }

  /** What it is called in causes, errors and telemetry. */
  get name(): string {
    return this.token.name;
  }

  /** @internal */
  get _clock(): Clock {
    return this.token._clock;
  }

  /** The scope around it, if any. */
  get parent(): Scope | undefined {
    return this._parent;
  }

  /** Where it is in its life: `open`, `cancelling` or `settled`. */
  get state(): ScopeState {
    receiveFor(this.token);
    return scopeState(this.token._state === CANCELLED, this._settled);
  }

  /** A plain AbortSignal for every platform call that takes one. */
  get signal(): AbortSignal {
    return this.token.signal;
  }

  /** Whether it has been cancelled. Synchronous, no loop turn needed. */
  get isCancelled(): boolean {
    return this.token.isCancelled;
  }

  /** Why, once cancelled. */
  get cause(): CancellationCause | undefined {
    return this.token.cause;
  }

  /** When it must be done, in ms on its clock; `Infinity` for none. Never later than its parent's. */
  get deadline(): number {
    return this._budget?.at ?? Infinity;
  }

  /** What is left until its deadline, in ms: 0 when over, `Infinity` without one. */
  get remainingMs(): number {
    return this._budget === null ? Infinity : Math.max(0, this._budget.at - this._budget.clock.now());
  }

  /** Cancels it and everything in it. Returns whether this call won; false once cancelled or settled. Never throws. */
  cancel(reason?: CancellationReason, message?: string): boolean {
    return this.token.cancel(reason, message);
  }

  /** Throws if it is cancelled, or its deadline has passed (S9). @throws {CancelledError} */
  throwIfCancelled(): void {
    if (this._budget !== null && isLive(this.token)) this._budget.check();
    this.token.throwIfCancelled();
  }

  /** Lets the event loop turn once, then throws if cancelled (S9). @throws {CancelledError} */
  checkpoint(): Promise<void> {
    return checkpoint(this);
  }

  /** Calls `listener` once, when it is cancelled; at once, when it has been. See {@link CancellationToken.onCancel}. */
  onCancel(listener: CancelListener, options?: OnCancelOptions): Registration {
    return this.token.onCancel(listener, options);
  }

  /**
   * Waits for `promise`, but not longer than until the cancel: then it rejects at once. The promise itself goes on; a
   * value it still brings is handed to `dispose`. @throws {CancelledError}
   */
  race<T>(promise: PromiseLike<T>, options?: RaceOptions<T>): Promise<T> {
    return race(this, promise, options);
  }

  /**
   * Runs `body` in a scope that does not see this one's cancel, also not one already pending; when it returns, the
   * cancel applies. Keep it short, and bounded by `maxMs`. @throws {CancelledError} after the body, if cancelled.
   */
  shield<T>(body: (inner: Scope) => T | PromiseLike<T>, options?: ShieldOptions): Promise<T> {
    return shield(this, () => new Scope(`${this.name}.shield`, { parent: this }, undefined, null), body, options);
  }

  /** Tells monitors how far it is. Within one turn of the event loop only the latest counts. */
  report(progress: unknown): void {
    (this._progress ??= new ProgressReporter(this)).report(progress);
  }

  /** @internal Sends what is due before the end. */
  _flushProgress(): void {
    if (this._progress !== null) this._progress.flush();
  }

  /** Items of `source` as long as it is not cancelled; a pending pull ends with the cancel. @throws {CancelledError} */
  stream<T>(source: StreamSource<T>, options: StreamOptions & { chunk: number }): AsyncGenerator<T[], void, undefined>;
  stream<T>(source: StreamSource<T>, options?: StreamOptions): AsyncGenerator<T, void, undefined>;
  stream<T>(source: StreamSource<T>, options?: StreamOptions): AsyncGenerator<T | T[], void, undefined> {
    return stream(this, source, options);
  }

  /** A pass-through for WHATWG streams that errors with the cancel: `readable.pipeThrough(scope.transform())`. */
  transform<T>(): TransformStream<T, T> {
    return transformStream(this);
  }

  /** Runs `fn` with this as the ambient scope. For scopes of {@link openScope}. @throws {InvalidStateError} once settled. */
  run<T>(fn: (scope: Scope) => T): T {
    return runInScope(this, fn);
  }

  /**
   * Runs a task in a worker thread of its own, with its deadline and trace, in a scope that this one cancels: the task
   * reads that at once, also in a loop that never yields. If it has not ended `graceMs` later, its thread is terminated.
   *
   * @returns What the task returned. `data` and that are cloned. @throws what the task threw; a CancelledError;
   * a WorkerExitedError; an InvalidArgumentError that names the option.
   */
  runInWorker<T = unknown>(task: WorkerTask, data?: unknown, options: RunInWorkerOptions = {}): Promise<T> {
    return runInWorker(this, task, data, options) as Promise<T>;
  }

  /** Says that its work failed: its outcome at disposal is then `failed`. For scopes of {@link openScope}. */
  fail(error: unknown): void {
    this._failure ??= { error };
  }

  /** Ends it: `failed` after {@link fail}, `cancelled` if it was, else `completed`. Twice changes nothing. Never throws. */
  close(): ScopeOutcome {
    return settleOpened(this);
  }

  /** Like {@link close}, for `await using` (S10). */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** @internal */
  _delivered(markedAt: number): void {
    deliver(this, markedAt);
  }

  /** @internal */
  _acknowledged(mechanism: AcknowledgeMechanism): void {
    acknowledge(this, mechanism);
  }

  /** @internal */
  get _settled(): boolean {
    return this.outcome !== undefined;
  }
}

/**
 * Tokens: what work checks, and what a canceller cancels.
 *
 * T1. `live → cancelled`, at most once; `cancel` is synchronous, and the first one wins.
 * T5. A listener registered too late runs at once, synchronously, once.
 * T8. Reading is synchronous and needs no turn of the event loop.
 * T9. `whenCancelled` resolves, never rejects. T10. `signal` is a plain AbortSignal of our own controller.
 * T13. A token cannot be cloned or posted by accident.
 */
import type { CancellationCause } from './cause.ts';
import { type Clock, systemClock } from './clock.ts';
import { checkedSources, combineAll, combineAny, type TokenSource } from './combine.ts';
import { cancelledError, InvalidArgumentError } from './errors.ts';
import type { Link } from './link.ts';
import { type OnDemand, onDemandOf, promiseOf, signalOf } from './on-demand.ts';
import { tokenId } from './origin.ts';
import { hooks, processState } from './process-state.ts';
import { ReadonlyToken } from './readonly-token.ts';
import type { CancellationReason } from './reason.ts';
import { releaseNode } from './release.ts';
import { addRegistration, type CancelListener, Registration } from './registration.ts';
import { requestCancel } from './request-cancel.ts';
import { isCancelledNow, receiveFor, type RemoteIdentity } from './shared-state.ts';
import { checkedName } from './text.ts';
import type { OnCancelOptions, TokenOptions } from './token-options.ts';
import { waitSync } from './wait-sync.ts';
import { attach, CANCELLED, DISPOSED, isLive, LIVE, type NodeOwner, type NodeState, type TreeNode } from './tree.ts';
import { causeOf } from './derived-cause.ts';

/** Kept as the first field of every token: cloning one fails on it, and the message is this text (T13). */
const NOT_CLONEABLE = Symbol(
  "a cancelscope token cannot be posted or cloned; pass shareToken(token) from 'cancelscope/thread' instead",
);

/**
 * A one-way switch from live to cancelled, with the cause of it.
 *
 * @example
 * const stop = new CancellationToken({ name: 'stop-button' });
 * stop.onCancel((cause) => console.log(cause.reason, cause.message));
 * stop.cancel('manual', 'user pressed stop'); // true: this one won
 * stop.cancel('shutdown'); // false: nothing changes any more
 */
export class CancellationToken implements Disposable {
  /** @internal */
  readonly _notCloneable: symbol = NOT_CLONEABLE;
  /** @internal */
  _state: NodeState = LIVE;
  /** @internal */
  readonly _serial: number = processState.nextSerial++;
  /** What it is called in causes, errors and telemetry. */
  readonly name: string;
  /** @internal */
  _clock: Clock;
  /** @internal */
  _parent: TreeNode | null = null;
  /** @internal */
  _previous: TreeNode | null = null;
  /** @internal */
  _next: TreeNode | null = null;
  /** @internal */
  _firstChild: TreeNode | null = null;
  /** @internal */
  _grown = 0;
  /** @internal */
  _links: Link | null = null;
  /** @internal */
  _upstream: Link | null = null;
  /** @internal */
  _listeners: Registration | null = null;
  /** @internal */
  _owner: NodeOwner | null = null;
  /** @internal */
  _cause: CancellationCause | undefined = undefined;
  /** @internal */
  _onDemand: OnDemand | null = null;

  /** @throws {InvalidArgumentError} `name` is no string. */
  constructor(options?: TokenOptions);
  /** @internal */
  constructor(
    options: TokenOptions | undefined,
    parent: CancellationToken | undefined,
    name?: string,
    clock?: Clock,
    remote?: RemoteIdentity,
  );
  constructor(
    options?: TokenOptions,
    parent?: CancellationToken,
    name: string | undefined = options?.name,
    clock: Clock = options?.clock ?? parent?._clock ?? systemClock,
    remote?: RemoteIdentity,
  ) {
    if (remote !== undefined) onDemandOf(this).remote = remote;
    this.name = name === undefined ? 'token' : checkedName(name);
    this._clock = clock;
    if (parent !== undefined) this.#hangUnder(parent);
    hooks.tokenCreated?.({
      token: { id: this.id, name: this.name },
      parent: parent && { id: parent.id, name: parent.name },
    });
  }

  #hangUnder(parent: CancellationToken): void {
    receiveFor(parent);
    this._owner = parent._owner;
    if (isLive(parent)) return attach(this, parent);
    if (parent._state === DISPOSED) return; // it cancels nothing any more: the child is on its own
    this._state = CANCELLED; // born cancelled
    this._parent = parent; // where its cause derives from
  }

  /** Unique among the processes and threads of a host. */
  get id(): string {
    return this._onDemand?.remote?.id ?? tokenId(this._serial);
  }

  /** Whether it has been cancelled. Synchronous, no loop turn needed (T8). */
  get isCancelled(): boolean {
    if (this._state === LIVE || !isCancelledNow(this)) return false;
    this._owner?._acknowledged('poll');
    return true;
  }

  /** Why, once cancelled. The same record ever after. */
  get cause(): CancellationCause | undefined {
    isCancelledNow(this);
    return causeOf(this);
  }

  /**
   * Cancels it and everything below it. Synchronous: when it returns, all of them read cancelled and all listeners
   * have run, outer tokens' first. Never throws: whatever is passed, the cancel counts.
   *
   * @param reason - Why, from the closed set; default `manual`. Text that is no reason becomes the message of `manual`.
   * @param message - Free text, kept to 4096 characters. Never a metric label.
   * @returns Whether this call won. False when it was cancelled before, or is disposed: nothing changes then.
   */
  cancel(reason: CancellationReason = 'manual', message?: string): boolean {
    return requestCancel(this, reason, message);
  }

  /** Throws a CancelledError if it has been cancelled; else does nothing. @throws {CancelledError} */
  throwIfCancelled(): void {
    if (this._state === LIVE || !isCancelledNow(this)) return;
    this._owner?._acknowledged('throw');
    throw this._error();
  }

  /** @internal The error for its cause; a new one each time, so that stacks and wrappers stay apart. */
  _error(): Error {
    return cancelledError(causeOf(this) as CancellationCause);
  }

  /**
   * Calls `listener` once, when it is cancelled; at once, when it has been (T5). Listeners run synchronously inside
   * `cancel`, in registration order. One that throws or rejects is reported to monitors and stops nothing.
   *
   * @throws {InvalidArgumentError} `listener` is no function.
   */
  onCancel(listener: CancelListener, options?: OnCancelOptions): Registration {
    return this._register(listener, options?.bind !== false, false);
  }

  /** @internal */
  _register(listener: CancelListener, bind: boolean, internal: boolean): Registration {
    if (typeof listener !== 'function') throw new InvalidArgumentError('listener', 'a function', listener);
    receiveFor(this);
    if (isLive(this)) {
      const registration = new Registration(this, listener, bind, internal);
      addRegistration(this, registration);
      this._onDemand?.shared?.keep();
      return registration;
    }
    const registration = new Registration(null, listener, false, internal);
    if (this._state === CANCELLED) {
      if (!internal) this._owner?._acknowledged('listener');
      registration._run(this, causeOf(this) as CancellationCause);
    }
    return registration;
  }

  /** Resolves with the cause when it is cancelled; never rejects. Pending for ever on a token never cancelled. */
  whenCancelled(): Promise<CancellationCause> {
    return promiseOf(this);
  }

  /**
   * Blocks this thread until another one cancels it, or `timeoutMs` have passed. For workers, and for tokens that are
   * shared or derive from one: nobody else could. Listeners run once the thread is back in its event loop.
   *
   * @returns Whether it is cancelled. @throws {UnsupportedError} where blocking is not allowed, or would last for ever.
   */
  waitSync(timeoutMs = Infinity): boolean {
    return waitSync(this, timeoutMs);
  }

  /** A plain AbortSignal for every platform call that takes one. Its `reason` is the CancelledError. The same each time. */
  get signal(): AbortSignal {
    return signalOf(this);
  }

  /** A token of its own that this one cancels too. Dispose it when its use is over: a live parent holds its children. */
  child(options?: TokenOptions): CancellationToken {
    return new CancellationToken(options, this);
  }

  /** A view that cannot cancel: for code that must not. */
  readonly(): ReadonlyToken {
    return new ReadonlyToken(this);
  }

  /**
   * Ends it without cancelling: listeners are dropped, links taken back, children handed to its parent. Final: a later
   * `cancel` is false. Twice, or after a cancel, changes nothing. Others who hold it too keep it.
   */
  dispose(): void {
    receiveFor(this);
    if (!isLive(this)) return;
    this._state = DISPOSED;
    releaseNode(this);
  }

  /** Like {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal A token keeps nothing for its links' sake. */
  _linksEmptied(): void {}

  /** A token that the first of `sources` cancels; of none, a token nobody else cancels. Dispose it to unlink early. */
  static any(sources: Iterable<TokenSource>, options?: TokenOptions): CancellationToken {
    const list = checkedSources(sources); // first: a token is younger than what it derives from
    return combineAny(new CancellationToken(options), list);
  }

  /** A token that the last of `sources` cancels, once all of them are. @throws {InvalidArgumentError} of none. */
  static all(sources: Iterable<TokenSource>, options?: TokenOptions): CancellationToken {
    const list = checkedSources(sources);
    return combineAll(new CancellationToken(options), list);
  }
}

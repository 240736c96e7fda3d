/**
 * Tokens of foreign AbortSignals: a name, a cause and everything a token can do, for a signal somebody else aborts.
 *
 * F4. One token a signal: adopted again, it is the same one. It cannot abort the signal, and nobody can cancel it.
 * F5. It listens to the signal while something hangs on it, and only then; else it looks at the signal when it is read. Node
 *     keeps a signal of `AbortSignal.timeout` or `.any` alive while somebody listens: adopted and dropped, it is collectable.
 *
 * Never a weak listener (`util.aborted`): Node keeps a signal alive for its first listener only, and not when that one is
 * weak, so the program's own later listeners on it would never run.
 */
import { linkSignal, noticeAbort } from './adopt.ts';
import type { CancellationCause } from './cause.ts';
import { InvalidArgumentError } from './errors.ts';
import { unlinkUpstream } from './link.ts';
import { type OnDemand, tokenOfSignal } from './on-demand.ts';
import { sharedSlot } from './process-state.ts';
import { ReadonlyToken } from './readonly-token.ts';
import { addRegistration, type CancelListener, Registration } from './registration.ts';
import type { SharedState } from './shared-state.ts';
import { CancellationToken } from './token.ts';
import type { TokenOptions } from './token-options.ts';
import { isLive, watch } from './tree.ts';

/**
 * A token for an AbortSignal that is not ours: it is cancelled when the signal aborts, with reason `timeout` for a
 * TimeoutError, the cause itself for an error of ours, else `abort` and the signal's message.
 *
 * Read-only, and the other way round nothing happens to the signal. The same signal gives the same token each time; the
 * first time names it. With nothing hanging on it, it knows of the abort when it is next read, and that is then the time in
 * its cause.
 *
 * @param options - `name`, default `AbortSignal`; `clock`. Of no effect on a signal adopted before, or made by a token.
 * @throws {InvalidArgumentError} `signal` is no AbortSignal, or `name` no string.
 *
 * @example
 * const client = adopt(request.signal, { name: 'client' });
 * client.onCancel((cause) => console.log(cause.reason, cause.message));
 * await cancelScope('search', { token: client }, (scope) => search(query, scope.signal));
 */
export function adopt(signal: AbortSignal, options?: TokenOptions): ReadonlyToken {
  if (!(signal instanceof AbortSignal)) throw new InvalidArgumentError('signal', 'an AbortSignal', signal);
  const own = tokenOfSignal(signal);
  return new ReadonlyToken(own ?? adoptedToken(signal, options));
}

function adoptedToken(signal: AbortSignal, options: TokenOptions | undefined): CancellationToken {
  const known = sharedSlot('adoptedTokens', () => new WeakMap<AbortSignal, CancellationToken>());
  let token = known.get(signal); // F4
  if (token === undefined) known.set(signal, (token = new AdoptedToken(signal, options)));
  return token;
}

/** The token behind the views that {@link adopt} gives. */
class AdoptedToken extends CancellationToken {
  readonly #signal: AbortSignal;
  readonly #state: SignalState;

  constructor(signal: AbortSignal, options: TokenOptions | undefined) {
    super(options, undefined, options?.name ?? 'AbortSignal');
    this.#signal = signal;
    this._onDemand = this.#state = new SignalState(this);
    watch(this); // whoever reads it looks at the signal
  }

  override _register(listener: CancelListener, bind: boolean, internal: boolean): Registration {
    if (typeof listener !== 'function' || this.isCancelled) return super._register(listener, bind, internal);
    const registration = new AdoptedRegistration(this, listener, bind, internal);
    addRegistration(this, registration);
    this._relink();
    return registration;
  }

  override _linksEmptied(): void {
    this._relink();
  }

  /** Whether the signal has aborted. */
  get _aborted(): boolean {
    return this.#signal.aborted;
  }

  /** Takes in the abort of the signal. */
  _takeIn(): void {
    noticeAbort(this.#signal);
    if (isLive(this)) this.#link();
  }

  /** Listens to the signal exactly while something hangs on the token (F5). */
  _relink(): void {
    if (!isLive(this)) return;
    const needed = this._listeners !== null || this._links !== null || this.#state.isShared;
    if (needed && this._upstream === null) this.#link();
    else if (!needed && this._upstream !== null) unlinkUpstream(this);
  }

  /** Lets the signal cancel it; at once, when it has aborted. */
  #link(): void {
    linkSignal(this.#signal, this, null);
  }
}

/** A listener whose token may stop listening when it leaves. */
class AdoptedRegistration extends Registration {
  readonly #token: AdoptedToken;

  constructor(token: AdoptedToken, listener: CancelListener, bind: boolean, internal: boolean) {
    super(token, listener, bind, internal);
    this.#token = token;
  }

  override dispose(): boolean {
    const inTime = super.dispose();
    if (inTime) this.#token._relink();
    return inTime;
  }
}

/**
 * The signal as another holder of its token, who may have cancelled it. Also where other holders are put: when a thread or
 * process is given the token, that hangs on it too.
 */
class SignalState implements OnDemand, SharedState {
  controller: AbortController | null = null;
  promise: Promise<CancellationCause> | null = null;
  remote: OnDemand['remote'] = null;
  readonly #token: AdoptedToken;
  #shared: SharedState | null = this;

  constructor(token: AdoptedToken) {
    this.#token = token;
  }

  get shared(): SharedState | null {
    return this.#shared;
  }

  set shared(state: SharedState | null) {
    this.#shared = state;
    this.#token._relink();
  }

  get isShared(): boolean {
    return this.#shared !== this;
  }

  settle(cause: CancellationCause): CancellationCause {
    return cause;
  }

  get isDecided(): boolean {
    return this.#token._aborted;
  }

  look(): void {
    if (this.#token._aborted) this.#token._takeIn();
  }

  keep(): void {
    this.#token._relink();
  }

  release(): void {}
}

/**
 * A view of a token that can be read and waited for, and has no way to cancel it (T13).
 */
import type { CancellationCause } from './cause.ts';
import type { CancelListener, Registration } from './registration.ts';
import type { CancellationToken } from './token.ts';
import type { OnCancelOptions } from './token-options.ts';

/** Reads like the token it came from; see there for what each member promises. */
export class ReadonlyToken {
  /** @internal What combinators link to. */
  readonly _token: CancellationToken;

  /** @internal */
  constructor(token: CancellationToken) {
    this._token = token;
  }

  get id(): string {
    return this._token.id;
  }

  get name(): string {
    return this._token.name;
  }

  get isCancelled(): boolean {
    return this._token.isCancelled;
  }

  get cause(): CancellationCause | undefined {
    return this._token.cause;
  }

  get signal(): AbortSignal {
    return this._token.signal;
  }

  /** @throws {CancelledError} */
  throwIfCancelled(): void {
    this._token.throwIfCancelled();
  }

  /** @throws {UnsupportedError} */
  waitSync(timeoutMs?: number): boolean {
    return this._token.waitSync(timeoutMs);
  }

  onCancel(listener: CancelListener, options?: OnCancelOptions): Registration {
    return this._token.onCancel(listener, options);
  }

  whenCancelled(): Promise<CancellationCause> {
    return this._token.whenCancelled();
  }
}

/** A token to read, whether or not it can cancel. */
export type AnyToken = CancellationToken | ReadonlyToken;

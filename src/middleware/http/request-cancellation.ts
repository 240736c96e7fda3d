/**
 * What handlers reach a request's cancellation by: the property `cancellation` of a framework's request or context.
 */
import {
  type CancellationCause,
  CancellationToken,
  type ReadonlyToken,
  type Scope,
  takeIn,
} from '../../token/index.ts';

/** A request's cancellation, as its handlers see it. The same in all frameworks. */
export interface RequestCancellation {
  /** Its scope; undefined until the route is known, and where the request was cancelled before that. */
  readonly scope: Scope | undefined;
  /** Cancelled when the request is, from its first byte on. */
  readonly token: ReadonlyToken;
  /** The token's, for every platform call that takes one. */
  readonly signal: AbortSignal;
}

/** Of a request whose scope is open. */
export function cancellationIn(scope: Scope): RequestCancellation {
  return new InScope(scope);
}

/** Of one that was cancelled before it had a scope. */
export function cancelledBefore(name: string, cause: CancellationCause): RequestCancellation {
  const token = new CancellationToken({ name });
  takeIn([[token, cause]], true); // a cancel that has been counted
  return { scope: undefined, token: token.readonly(), signal: token.signal };
}

/** Made for each request, so what few of them ask for is made when they do. */
class InScope implements RequestCancellation {
  readonly scope: Scope;
  #token: ReadonlyToken | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  get token(): ReadonlyToken {
    return (this.#token ??= this.scope.token.readonly());
  }

  get signal(): AbortSignal {
    return this.scope.signal;
  }
}

/**
 * The scopes a shutdown waits for and cancels.
 *
 * SD8. Covered is what its own scope or token would cancel: scopes opened in it, linked to its token, and all that is below
 *      those; one that was cancelled before for another reason counts until it has ended. With `all`, every open scope.
 */
import { type AnyToken, isLive, processState, requestCancel, type Scope, tokenOf } from '../../token/index.ts';

/** What the tree of tokens is made of. */
type Node = NonNullable<Scope['token']['_firstChild']>;

/** The scopes covered by the shutdown whose own scope is `own` (SD8). */
export class CoveredScopes {
  readonly #own: Scope;
  readonly #all: boolean;

  constructor(own: Scope, all: boolean) {
    this.#own = own;
    this.#all = all;
  }

  /** Whether one is open. Looks no further than the first. */
  isAnyOpen(): boolean {
    for (const scope of processState.openScopes) if (this.#isCovered(scope)) return true;
    return ownersBelow(this.#own.token).next().done === false;
  }

  /** How many are. */
  count(): number {
    const covered = new Set<unknown>(ownersBelow(this.#own.token));
    for (const scope of processState.openScopes) if (this.#isCovered(scope)) covered.add(scope);
    return covered.size;
  }

  /** Cancels them, and the own one with them. */
  cancel(message: string, via: readonly string[] | undefined): void {
    if (isLive(this.#own.token)) requestCancel(this.#own.token, 'shutdown', message, via);
    if (!this.#all) return;
    for (const scope of [...processState.openScopes]) {
      if (scope._parent === undefined && isLive(scope.token)) requestCancel(scope.token, 'shutdown', message, via);
    }
  }

  #isCovered(scope: Scope): boolean {
    return scope !== this.#own && (this.#all || this.#covers(scope));
  }

  /** Whether it was opened in the own scope, linked to its token, or cancelled with it. */
  #covers(scope: Scope): boolean {
    const { cause } = this.#own;
    if (cause !== undefined && scope.cause?.root === cause.root) return true;
    for (let at: Scope | undefined = scope; at !== undefined; at = at._parent) {
      if (at === this.#own || isTokenOf(this.#own, at._options?.token)) return true;
    }
    return false;
  }
}

function isTokenOf(scope: Scope, token: AnyToken | undefined): boolean {
  return token !== undefined && tokenOf('token', token) === (scope.token as unknown);
}

/** The scopes whose tokens hang under `root` or are linked to what does, however far down. */
function* ownersBelow(root: Node): Generator {
  const seen = new Set([root]);
  for (const node of seen) {
    if (node !== root && node._owner?.token === node) yield node._owner;
    for (let child = node._firstChild; child !== null; child = child._next) seen.add(child);
    for (let link = node._links; link !== null; link = link.next) seen.add(link.target);
  }
}

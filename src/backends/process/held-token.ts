/**
 * One token of this process that other processes hold as well.
 *
 *   held ──cancelled, disposed, scope settled, or the last link gone──▶ ended
 *
 * H1. A cancel goes to every process that is linked, except the one it came from: with the cause that stands, if threads
 *     hold the token too.
 * H2. When the token has ended, nothing of this is left: nothing on it, no entry at any link.
 * H3. A token the program has dropped, and on which nothing hangs, is not kept; unless it stands between two others,
 *     processes or threads, that reach one another through it.
 */
import {
  addSharedState,
  type CancellationCause,
  type CancellationToken,
  removeSharedState,
  requestCancel,
  type SharedState,
  sharedStatesOf,
  takeIn,
} from '../../token/index.ts';
import { isNeeded } from '../is-needed.ts';

/** What this process is to the other one: it gave the token away, or only a view of it, or was given it. */
export type Part = 'gave' | 'lent' | 'given';

/** What a held token asks of a link. */
export interface TokenLink {
  /** Tells the other process of the cancel. */
  sendCancel(held: HeldToken, cause: CancellationCause): void;
  /** The token has ended here: as cancelled, if there is a cause. */
  forget(held: HeldToken, part: Part, cause: CancellationCause | undefined): void;
}

/** Ends those of tokens the program has dropped (H3). */
const dropped = new FinalizationRegistry((held: HeldToken) => {
  if (held.token === undefined) held.end();
});

/** The one of a live token; a new one, if no other process holds it yet. */
export function heldTokenOf(token: CancellationToken): HeldToken {
  const known = sharedStatesOf(token).find((state): state is HeldToken => 'partOf' in state);
  return known ?? new HeldToken(token);
}

/** What a token is called in telemetry: its scope's name, else its own. */
export function telemetryName(token: CancellationToken): string {
  return token._onDemand?.remote?.scope?.name ?? token._owner?.name ?? token.name;
}

/** Connects a token with links. */
export class HeldToken implements SharedState {
  readonly id: string;
  readonly name: string;
  readonly #links = new Map<TokenLink, Part>();
  readonly #weak: WeakRef<CancellationToken>;
  /** Set while something may hang on the token (H3). */
  #strong: CancellationToken | null;
  #cameFrom: TokenLink | undefined;
  #cause: CancellationCause | undefined;
  #ended = false;

  constructor(token: CancellationToken) {
    this.id = token.id;
    this.name = telemetryName(token);
    this.#weak = new WeakRef(token);
    this.#strong = token;
    addSharedState(token, this, false);
  }

  /** The token, unless the program has dropped it. */
  get token(): CancellationToken | undefined {
    return this.#strong ?? this.#weak.deref();
  }

  /** Links it; a token that was lent may be given later, and not the other way round. */
  link(link: TokenLink, part: Part): void {
    const before = this.#links.get(link);
    if (before === undefined || before === 'lent') this.#links.set(link, part);
    this.keep();
  }

  /** What this process is to the one behind `link`. */
  partOf(link: TokenLink): Part | undefined {
    return this.#links.get(link);
  }

  /** Takes a link off. @returns What this process was to the one behind it. */
  unlink(link: TokenLink): Part | undefined {
    const part = this.#links.get(link);
    this.#links.delete(link);
    return part;
  }

  /** Takes in a cancel by the process behind `from`. @returns Whether it won here. */
  takeIn(cause: CancellationCause, from: TokenLink): boolean {
    const { token } = this;
    if (token === undefined) return false;
    this.#cameFrom = from; // H1
    takeIn([[token, cause]]);
    return token._cause === cause; // a thread of this process may have been first
  }

  /** Cancels it because the process it came from cannot be heard any more. */
  lose(message: string): void {
    const { token } = this;
    if (token !== undefined) requestCancel(token, 'error', message);
  }

  /** It is cancelled here: whoever decides has decided, and the others are told. */
  settle(cause: CancellationCause): CancellationCause {
    if (this.#ended || this.#cause !== undefined) return this.#cause ?? cause;
    this.#cause = cause;
    for (const link of this.#links.keys()) if (link !== this.#cameFrom) link.sendCancel(this, cause); // H1
    this.end(cause);
    return cause;
  }

  /** What other processes cancel comes with the event loop; there is nothing to look at. */
  look(): void {}

  keep(): void {
    this.#strong ??= this.#weak.deref() ?? null;
  }

  release(): void {
    this.end();
  }

  /** Lets go of it if nobody else holds it. */
  endIfAlone(): void {
    if (this.#links.size === 0) this.end();
  }

  /** Holds it weakly if nothing hangs on it, and lets go if the program has dropped it (H3). */
  loosen(): void {
    const { token } = this;
    if (token === undefined) return this.end();
    const between = this.#links.size > 1 || sharedStatesOf(token).length > 1;
    if (this.#strong === null || between || isNeeded(token)) return;
    this.#strong = null;
    dropped.register(token, this);
  }

  /** Lets go of it; with its cause, if it was cancelled (H2). */
  end(cause?: CancellationCause): void {
    if (this.#ended) return;
    this.#ended = true;
    const { token } = this;
    this.#strong = null;
    if (token !== undefined) removeSharedState(token, this);
    for (const [link, part] of this.#links) link.forget(this, part, cause);
    this.#links.clear();
  }
}

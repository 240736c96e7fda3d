/**
 * What rules T1, T2, T12 and T14 say of a graph of tokens, in the simplest form that says it: sets and a fixpoint.
 */

/** A foreign AbortSignal. */
export interface ModelSignal {
  aborted: boolean;
}

/** A token. */
export interface ModelToken {
  parent: ModelToken | null;
  /** What else cancels it; null for a source that was disposed and can never cancel it. */
  sources: (ModelToken | ModelSignal | null)[];
  readonly quorum: 'any' | 'all';
  state: 'live' | 'cancelled' | 'disposed';
  /** Which cancel reached it. */
  wave: number;
}

/** All tokens and signals of one run. */
export class ReferenceModel {
  readonly tokens: ModelToken[] = [];
  #wave = 0;

  /** T14: a child of a cancelled token is born cancelled. T12: so is one whose sources have fired. */
  make(parent: ModelToken | null, sources: readonly (ModelToken | ModelSignal)[], quorum: 'any' | 'all'): ModelToken {
    const token: ModelToken = {
      parent: parent?.state === 'disposed' ? null : parent,
      sources: sources.map((source) => ('state' in source && source.state === 'disposed' ? null : source)),
      quorum,
      state: 'live',
      wave: 0,
    };
    this.tokens.push(token);
    this.#spread();
    return token;
  }

  /** T1: whether this cancel wins. T2: everything that derives from it is cancelled with it. */
  cancel(token: ModelToken): boolean {
    if (token.state !== 'live') return false;
    this.#wave++;
    this.#mark(token);
    this.#spread();
    return true;
  }

  abort(signal: ModelSignal): void {
    this.#wave++;
    signal.aborted = true;
    this.#spread();
  }

  /** T14: what hangs on a disposed token goes to its parent. */
  dispose(token: ModelToken): void {
    if (token.state !== 'live') return;
    token.state = 'disposed';
    for (const other of this.tokens) {
      if (other.parent === token) other.parent = token.parent;
      other.sources = other.sources.map((source) => (source === token ? token.parent : source));
    }
  }

  /** Whether `inner` derives from `outer`, within the cancel that reached both. */
  isOuter(outer: ModelToken, inner: ModelToken): boolean {
    if (outer === inner || outer.wave !== inner.wave || outer.state !== 'cancelled') return false;
    const above = [inner.parent, ...inner.sources].filter((up): up is ModelToken => up !== null && 'state' in up);
    return above.some((up) => up === outer || (up.wave === inner.wave && this.isOuter(outer, up)));
  }

  /** Whether a listener on `signal` is needed. */
  isWatched(signal: ModelSignal): boolean {
    return !signal.aborted && this.tokens.some(({ state, sources }) => state === 'live' && sources.includes(signal));
  }

  #spread(): void {
    for (let found = true; found;) {
      found = false;
      for (const token of this.tokens) {
        if (token.state !== 'live' || !fires(token)) continue;
        this.#mark(token);
        found = true;
      }
    }
  }

  #mark(token: ModelToken): void {
    token.state = 'cancelled';
    token.wave = this.#wave;
  }
}

function fires({ parent, sources, quorum }: ModelToken): boolean {
  const hasFired = (up: ModelToken | ModelSignal | null): boolean =>
    up !== null && ('state' in up ? up.state === 'cancelled' : up.aborted);
  if (hasFired(parent)) return true;
  return quorum === 'any' ? sources.some(hasFired) : sources.every(hasFired);
}

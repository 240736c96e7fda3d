/**
 * Which backends hold a token: mostly none or one; a token may be shared with threads and with other processes too.
 *
 * H3. Of several the deciding one is asked first; the cause that stands with it is what the others are told.
 */
import type { CancellationCause } from './cause.ts';
import { onDemandOf } from './on-demand.ts';
import type { SharedState } from './shared-state.ts';
import type { CancellationToken } from './token.ts';

/** Several states as one. */
class SharedStates implements SharedState {
  readonly states: readonly SharedState[];

  constructor(states: readonly SharedState[]) {
    this.states = states;
  }

  settle(cause: CancellationCause): CancellationCause {
    return this.states.reduce((standing, state) => state.settle(standing), cause); // H3
  }

  get isDecided(): boolean {
    return this.states.some((state) => state.isDecided === true);
  }

  look(): void {
    for (const state of this.states) state.look();
  }

  keep(): void {
    for (const state of this.states) state.keep();
  }

  release(): void {
    for (const state of this.states) state.release();
  }

  get waitSync(): SharedState['waitSync'] {
    const blocking = this.states.find((state) => state.waitSync !== undefined);
    return blocking && ((timeoutMs) => blocking.waitSync?.(timeoutMs));
  }
}

/** The states of a token that are held elsewhere. */
export function sharedStatesOf(token: CancellationToken): readonly SharedState[] {
  const shared = token._onDemand?.shared ?? null;
  if (shared === null) return [];
  return shared instanceof SharedStates ? shared.states : [shared];
}

/** Adds one; `decides` says that it settles who wins. */
export function addSharedState(token: CancellationToken, state: SharedState, decides: boolean): void {
  const states = sharedStatesOf(token);
  setStates(token, decides ? [state, ...states] : [...states, state]);
}

/** Takes one off: it holds the token no longer. */
export function removeSharedState(token: CancellationToken, state: SharedState): void {
  setStates(
    token,
    sharedStatesOf(token).filter((each) => each !== state),
  );
}

function setStates(token: CancellationToken, states: readonly SharedState[]): void {
  const [only = null] = states;
  onDemandOf(token).shared = states.length > 1 ? new SharedStates(states) : only;
}

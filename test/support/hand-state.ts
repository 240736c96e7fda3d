import {
  type CancellationCause,
  type CancellationToken,
  onDemandOf,
  type SharedState,
  takeIn,
  watch,
} from '../../src/token/index.ts';

/** State that others hold too, moved by hand: what a backend looks like from the token layer. */
export class HandState implements SharedState {
  /** What the others decided, if they did. */
  standing: CancellationCause | undefined;
  settled = 0;
  kept = 0;
  released = 0;
  readonly #token: CancellationToken;

  /** `alone`: it is the only one of its token. */
  constructor(token: CancellationToken, alone = true) {
    this.#token = token;
    if (alone) onDemandOf(token).shared = this;
    watch(token);
  }

  settle(cause: CancellationCause): CancellationCause {
    this.settled++;
    return (this.standing ??= cause);
  }

  get isDecided(): boolean {
    return this.standing !== undefined;
  }

  look(): void {
    if (this.standing !== undefined) takeIn([[this.#token, this.standing]]);
  }

  keep(): void {
    this.kept++;
  }

  release(): void {
    this.released++;
  }

  waitSync(): void {}
}

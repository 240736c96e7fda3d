import type { Scope } from 'cancelscope';

/** Lets a model say as many pieces as a test allows; then it is silent. */
export class Faucet {
  #allowed = 0;
  #isBroken = false;
  readonly #waiting = new Set<() => void>();

  /** For the model's `pace`. */
  readonly pace = (_turn: unknown, scope: Scope): Promise<void> =>
    new Promise((resolve, reject) => {
      const flow = (): void => (this.#isBroken ? reject(new Error('broken')) : resolve());
      this.#waiting.add(flow);
      scope.onCancel(() => this.#waiting.delete(flow));
      this.#flow();
    });

  /** Lets so many more pieces through. */
  allow(pieces: number): void {
    this.#allowed += pieces;
    this.#flow();
  }

  /** Breaks the connection of whoever listens to the model. */
  breakDown(): void {
    this.#isBroken = true;
    this.allow(1);
  }

  #flow(): void {
    for (const flow of this.#waiting) {
      if (this.#allowed === 0) return;
      this.#allowed--;
      this.#waiting.delete(flow);
      flow();
    }
  }
}

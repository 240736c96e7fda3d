/**
 * What stops something, once.
 *
 * A class, because every literal with the key `Symbol.dispose` is put together by the runtime, not by compiled code: that
 * took a third of a microsecond, ten times as long.
 */
export class Disposer implements Disposable {
  #stop: (() => void) | undefined;

  /** Calls `stop` the first time it is disposed. */
  constructor(stop: () => void) {
    this.#stop = stop;
  }

  [Symbol.dispose](): void {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.();
  }
}

/**
 * Pausing: not a cancel.
 *
 *   open ──pause──▶ paused ──resume──▶ open
 *     └──suspend──▶ suspended ──resume──▶ open
 *
 * X3. Paused, a stream stops pulling and its source stays open. Suspended, the running segment is cancelled too, and
 * what it brought so far is kept: {@link PauseGate.segment} gives it back, to go on from there.
 */
import { processState } from './process-state.ts';
import type { CancellationReason } from './reason.ts';
import { type Body, runBody } from './run-body.ts';
import { Scope } from './scope.ts';
import { checkedBody, type ScopeOptions } from './scope-options.ts';

/** Whether items flow. */
export type GateState = 'open' | 'paused' | 'suspended';

/** What a segment came to: its value, or that it was suspended, with the transcript so far. */
export type Segment<T, I> =
  | { readonly state: 'finished'; readonly value: T; readonly transcript: readonly I[] }
  | { readonly state: 'suspended'; readonly transcript: readonly I[] };

/** A segment that has not ended. */
interface Running {
  readonly scope: Scope;
  suspended: boolean;
}

/**
 * Holds a stream, and lets it go on.
 *
 * @example
 * const gate = new PauseGate();
 * keys.on('space', () => (gate.state === 'open' ? gate.pause() : gate.resume()));
 * for await (const item of scope.stream(source, { gate })) show(item);
 */
export class PauseGate<I = unknown> {
  #state: GateState = 'open';
  readonly #transcript: I[] = [];
  readonly #segments = new Set<Running>();
  #opened: Promise<void> | null = null;
  #open: (() => void) | null = null;

  get state(): GateState {
    return this.#state;
  }

  /** Everything {@link keep} was given, over all segments. */
  get transcript(): readonly I[] {
    return this.#transcript;
  }

  /** Adds to the transcript. */
  keep(item: I): void {
    this.#transcript.push(item);
  }

  /** Stops pulling. Twice, or while suspended, changes nothing. */
  pause(): void {
    if (this.#state === 'open') this.#state = 'paused';
  }

  /** Stops pulling and cancels the running segments, by `reason`; the transcript is kept. */
  suspend(reason: CancellationReason = 'superseded', message = 'suspended'): void {
    this.#state = 'suspended';
    for (const running of this.#segments) running.suspended ||= running.scope.cancel(reason, message);
  }

  /** Lets items flow again. */
  resume(): void {
    this.#state = 'open';
    this.#open?.();
    this.#opened = this.#open = null;
  }

  /** Resolves once open. @throws {CancelledError} the scope, if given, is cancelled while it waits. */
  async whenOpen(scope?: Scope): Promise<void> {
    while (this.#state !== 'open') {
      this.#opened ??= new Promise((resolve) => {
        this.#open = resolve;
      });
      await (scope === undefined ? this.#opened : scope.race(this.#opened));
    }
  }

  /**
   * Runs `body` as one segment: a scope that {@link suspend} cancels, and nothing around it. It waits for the gate to be
   * open first.
   *
   * @throws {CancelledError} the scope around it was cancelled; or what the body threw.
   */
  async segment<T>(name: string, options: ScopeOptions, body: Body<T>): Promise<Segment<T, I>> {
    checkedBody(body);
    const around = options?.parent ?? processState.ambient.getStore();
    await this.whenOpen(around);
    const scope = new Scope(name, options, around);
    const running: Running = { scope, suspended: false };
    this.#segments.add(running);
    try {
      const value = await runBody(scope, body);
      return { state: 'finished', value, transcript: [...this.#transcript] };
    } catch (error) {
      if (!running.suspended || scope.outcome === 'failed') throw error;
      return { state: 'suspended', transcript: [...this.#transcript] };
    } finally {
      this.#segments.delete(running);
    }
  }
}

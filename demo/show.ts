/**
 * Showing: what the live screen and the plain lines have in common.
 */
import type { CancelledSpans } from './cancelled-spans.ts';
import type { Tally } from './tally.ts';

/** What there is to show. */
export interface Scene {
  /** Lines about the run: seed, addresses, Prometheus. */
  readonly facts: readonly string[];
  readonly startedAt: number;
  readonly durationMs: number;
  readonly tally: Tally;
  readonly spans: CancelledSpans;
  readonly requests: () => number;
}

/** Somewhere to show it. */
export interface Show {
  /** Something happened that a person should know of. */
  note(text: string): void;
  /** Stops showing, and leaves the terminal as it was. */
  end(): void;
}

/** `12 s`, or `12 of 60 s`. */
export function elapsed({ startedAt, durationMs }: Scene): string {
  const seconds = ((performance.now() - startedAt) / 1e3).toFixed(0);
  return durationMs === Infinity ? `${seconds} s` : `${seconds} of ${(durationMs / 1e3).toFixed(0)} s`;
}

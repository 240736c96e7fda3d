/**
 * Options of tokens and of their listeners.
 */
import type { Clock } from './clock.ts';

/** Options of a token. */
export interface TokenOptions {
  /** What it is called in causes, errors and telemetry; default `token`. At most 256 characters are kept. */
  readonly name?: string;
  /** Where its time comes from; default its parent's, else the machine's. */
  readonly clock?: Clock;
}

/** Options of {@link CancellationToken.onCancel}. */
export interface OnCancelOptions {
  /** Whether the listener runs in the async context of whoever registered it; default true. False is cheaper. */
  readonly bind?: boolean;
}

/**
 * Errors: one class for each thing a caller can do about it, each with a code that never changes.
 *
 * E1. `instanceof` goes by a global brand, so that the ESM copy, the CJS copy and two versions agree.
 * E2. A CancelledError looks like an AbortError (name, code): retry loops, streams and error trackers know it already.
 */
import type { CancellationCause } from './cause.ts';
import { processState } from './process-state.ts';
import type { CancellationReason } from './reason.ts';

const CANCELLED = Symbol.for('cancelscope.CancelledError');
const INVALID_ARGUMENT = Symbol.for('cancelscope.InvalidArgumentError');
const UNSUPPORTED = Symbol.for('cancelscope.UnsupportedError');
const INVALID_STATE = Symbol.for('cancelscope.InvalidStateError');

function carries(value: unknown, brand: symbol): boolean {
  try {
    return typeof value === 'object' && value !== null && brand in value;
  } catch {
    return false; // a proxy may refuse to be asked
  }
}

/**
 * Work stopped because its token was cancelled. Let it reach the scope that owns the token.
 *
 * @see isCancelled, which also knows it under wrappers.
 */
export class CancelledError extends Error {
  override readonly name = 'AbortError'; // E2
  readonly code = 'ABORT_ERR';
  override readonly cause: CancellationCause;

  constructor(cause: CancellationCause) {
    super(describe(cause));
    this.cause = cause;
  }

  /** Why: the reason of its cause. */
  get reason(): CancellationReason {
    return this.cause.reason;
  }

  /** Goes by the brand (E1). Don't subclass: a subclass would inherit this test. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return carries(value, CANCELLED);
  }

  /** @internal */
  get [CANCELLED](): true {
    return true;
  }
}

function describe(cause: CancellationCause): string {
  const root = cause.root;
  const why = root === cause ? cause.reason : `${cause.reason} (${root.reason} of "${root.token.name}")`;
  const message = root.message === undefined ? '' : `: ${root.message}`;
  return `"${cause.token.name}" was cancelled: ${why}${message}`;
}

/** The error for a cause; without a stack, unless stacks are on (C4). */
export function cancelledError(cause: CancellationCause): CancelledError {
  if (processState.callSites) return new CancelledError(cause);
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
    return new CancelledError(cause);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** A caller passed something an option cannot be. Fix the call. */
export class InvalidArgumentError extends TypeError {
  override readonly name = 'InvalidArgumentError';
  readonly code = 'ERR_CANCELSCOPE_INVALID_ARGUMENT';
  /** The option or parameter that was wrong. */
  readonly argument: string;

  /**
   * @param argument - Name of the option or parameter.
   * @param expected - What it may be, as the end of "… must be".
   * @param received - What it was.
   */
  constructor(argument: string, expected: string, received: unknown) {
    super(`${argument} must be ${expected}; received ${shown(received)}`);
    this.argument = argument;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return carries(value, INVALID_ARGUMENT);
  }

  /** @internal */
  get [INVALID_ARGUMENT](): true {
    return true;
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** Something was asked of a scope or group that has ended, or of a token that cannot do it. Ask earlier, or another. */
export class InvalidStateError extends Error {
  override readonly name = 'InvalidStateError';
  readonly code = 'ERR_CANCELSCOPE_INVALID_STATE';

  static override [Symbol.hasInstance](value: unknown): boolean {
    return carries(value, INVALID_STATE);
  }

  /** @internal */
  get [INVALID_STATE](): true {
    return true;
  }
}

/** A backend or a thread cannot do what was asked of it (B2). `capabilities` of the backend says what it can. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
  readonly code = 'ERR_CANCELSCOPE_UNSUPPORTED';

  static override [Symbol.hasInstance](value: unknown): boolean {
    return carries(value, UNSUPPORTED);
  }

  /** @internal */
  get [UNSUPPORTED](): true {
    return true;
  }
}

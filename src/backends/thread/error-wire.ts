/**
 * Errors on their way between threads: structured clone keeps neither their class nor their code.
 *
 * E3. A CancelledError arrives as one, with the cause it had; any other error as an Error with its name, message, stack
 *     and code; anything else as it is, or as text when it cannot be cloned.
 */
import { CancelledError, reviveCause } from '../../token/index.ts';

/** A thrown value, as data. */
export type WireError =
  | { readonly cancelled: unknown }
  | {
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly stack?: string;
        readonly code?: unknown;
      };
    }
  | { readonly value: unknown };

/** `thrown` as data. */
export function wireError(thrown: unknown): WireError {
  if (thrown instanceof CancelledError) return { cancelled: thrown.cause.toJSON() };
  if (thrown instanceof Error) {
    const { name, message, stack, code } = thrown as NodeJS.ErrnoException;
    return {
      error: {
        name,
        message,
        ...(stack !== undefined && { stack }),
        ...(typeof code === 'string' && { code }),
      },
    };
  }
  return { value: cloneable(thrown) };
}

/** What was thrown there, to be thrown here. */
export function fromWireError(wire: WireError): unknown {
  if ('cancelled' in wire) return new CancelledError(reviveCause(wire.cancelled));
  return 'error' in wire ? Object.assign(new Error(wire.error.message), wire.error) : wire.value;
}

function cloneable(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return '(a value that cannot be sent)';
  }
}

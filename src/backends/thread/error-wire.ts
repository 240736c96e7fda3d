/**
 * Errors on their way between threads: structured clone keeps neither their class nor their code.
 *
 * E3. A CancelledError arrives as one, with the cause it had; any other error as an Error with its name, message, stack
 *     and code; anything else as it is, or as text when it cannot be cloned.
 */
import { CancelledError, reviveCause } from '../../token/index.ts';

const UNREADABLE = '(a value that cannot be sent)';

/** What is kept of an error. */
interface WireErrorFields {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string | number;
}

/** A thrown value, as data. */
export type WireError =
  | { readonly cancelled: unknown }
  | { readonly error: WireErrorFields }
  | { readonly value: unknown };

/** `thrown` as data. Whatever it does when it is read, this does not throw. */
export function wireError(thrown: unknown): WireError {
  try {
    // By shape too: a look-alike has no cause to bring, and the other copy's causes are causes.
    if (thrown instanceof CancelledError && typeof thrown.cause?.toJSON === 'function') {
      return { cancelled: thrown.cause.toJSON() };
    }
    return thrown instanceof Error ? { error: fieldsOf(thrown) } : { value: cloneable(thrown) };
  } catch {
    return { value: UNREADABLE };
  }
}

function fieldsOf(error: NodeJS.ErrnoException): WireErrorFields {
  const { name, message, stack, code } = error as Partial<Record<keyof WireErrorFields, unknown>>;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : UNREADABLE,
    ...(typeof stack === 'string' && { stack }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
  };
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
    return UNREADABLE;
  }
}

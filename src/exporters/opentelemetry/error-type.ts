/**
 * Error types: the value of `error.type` and `exception.type` for something thrown.
 *
 * E1. The error's name, else its class. Never its `code`: for an aborted or timed-out DOMException that is 20 or 23.
 * E2. Few values: what does not look like a name, or is one too many, is `_OTHER`.
 * E3. Reading never throws, whatever the value's getters do.
 */
import { OTHER } from '../../instrumentation/index.ts';

const NAME = /^[A-Za-z_$][\w$.]{0,63}$/;
const MOST_TYPES = 200;
const seen = new Set<string>();

/** The type of `error` (E1, E2, E3). */
export function errorTypeOf(error: unknown): string {
  const name = nameOf(error);
  if (name === undefined || !NAME.test(name)) return OTHER;
  if (seen.has(name)) return name;
  if (seen.size >= MOST_TYPES) return OTHER; // E2
  seen.add(name);
  return name;
}

/** The message of `error`, if it has one (E3). */
export function errorMessageOf(error: unknown): string | undefined {
  try {
    const message = typeof error === 'string' ? error : (error as { message?: unknown } | null | undefined)?.message;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    const { name } = error as { name?: unknown };
    const className: unknown = error.constructor?.name;
    // A subclass that never set its name is called `Error`, like everything else: its class says more.
    if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
    return typeof className === 'string' && className !== 'Object' ? className : undefined;
  } catch {
    return undefined; // E3
  }
}

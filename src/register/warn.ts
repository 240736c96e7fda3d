/**
 * How zero-code mode says on stderr that something cannot be.
 */

/** Warns, once for each message. */
export function warn(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  process.emitWarning(`register: ${message}`, { type: 'CancelScopeWarning', code: 'CANCELSCOPE_REGISTER' });
}

const said = new Set<string>();

/** `observer`, for a place where a throw would be the program's: what it throws is said once, and swallowed. */
export function harmless<A extends unknown[]>(observer: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      observer(...args);
    } catch (error) {
      warn(`an observer failed, and the program goes on: ${nameOf(error)}`);
    }
  };
}

/** Not its text: that may hold anything, and every text is said once. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

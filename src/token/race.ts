/**
 * Waiting for something, but not longer than until the cancel (S9).
 */
import { reportFailure } from './failure.ts';
import type { Scope } from './scope.ts';

/** Options of {@link Scope.race}. */
export interface RaceOptions<T> {
  /** Takes a value that came too late: closes the connection, deletes the file. Failing is reported, not thrown. */
  readonly dispose?: (value: T) => unknown;
}

/** `promise`, or the scope's cancel if that is first. Once cancelled it never resolves, also if the promise had. */
export function race<T>(scope: Scope, promise: PromiseLike<T>, options?: RaceOptions<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let left = false;
    const leave = (): void => {
      left = true;
      scope.leftBehind++;
      scope._acknowledged('await');
      reject(scope.token._error());
    };
    const registration = scope.token._register(leave, false, true);
    // Wrapped: a foreign thenable may throw, or call back in the middle of a cancel.
    Promise.resolve(promise).then(
      (value) => {
        registration.dispose();
        if (left) void discard(scope, value, options);
        else resolve(value);
      },
      (error: unknown) => {
        registration.dispose();
        if (left) scope.leftBehind--;
        else reject(error);
      },
    );
  });
}

async function discard<T>(scope: Scope, value: T, options: RaceOptions<T> | undefined): Promise<void> {
  scope.leftBehind--;
  try {
    await options?.dispose?.(value);
  } catch (error) {
    reportFailure(scope.token, error);
  }
}

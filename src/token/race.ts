/**
 * Waiting for something, but not longer than until the cancel (S9).
 */
import { reportFailure } from './failure.ts';
import type { Scope } from './scope.ts';
import { CANCELLED } from './tree.ts';

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
    promise.then(
      (value) => {
        registration.dispose();
        if (left) discard(scope, value, options);
        else if (scope.token._state !== CANCELLED) resolve(value);
      },
      (error: unknown) => {
        registration.dispose();
        if (left) scope.leftBehind--;
        else reject(error);
      },
    );
  });
}

function discard<T>(scope: Scope, value: T, options: RaceOptions<T> | undefined): void {
  scope.leftBehind--;
  try {
    const result = options?.dispose?.(value);
    if (result instanceof Promise) result.catch((error: unknown) => reportFailure(scope.token, error));
  } catch (error) {
    reportFailure(scope.token, error);
  }
}

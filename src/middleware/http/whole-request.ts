/**
 * Requests whose framework gives one promise for all that comes after a middleware.
 */
import type { RequestWork } from './request-work.ts';

/**
 * Runs the rest of a request in its scope. Rejects as soon as the request is given up; what comes later is nobody's then.
 *
 * @throws what `rest` throws, by Q3; the error to answer, if the request is given up or was cancelled before it began.
 */
export function runRest<T>(work: RequestWork, rest: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.onGivenUp(reject);
    if (work.scope !== undefined) work.run(rest).then(resolve, reject);
  });
}

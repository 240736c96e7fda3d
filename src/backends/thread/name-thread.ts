/**
 * What this thread is called in causes, spans and the label `source_thread`.
 */
import { InvalidArgumentError, processState } from '../../token/index.ts';
import { threadLinks } from './thread-links.ts';

const LONGEST = 64;

/**
 * Names this thread; `main` and `worker` are what threads are called unless named. Call it first: what was cancelled
 * before shows the new name too. At most 20 names are told apart on metrics.
 *
 * @throws {InvalidArgumentError} `name` is no string of 1 to 64 characters.
 *
 * @example
 * nameThread('thumbnailer'); // in the worker
 */
export function nameThread(name: string): void {
  if (typeof name !== 'string' || name === '' || name.length > LONGEST) {
    throw new InvalidArgumentError('name', `a string of 1 to ${LONGEST} characters`, name);
  }
  processState.threadName = name;
  for (const peer of threadLinks.peers()) peer.send({ kind: 'name', name });
}

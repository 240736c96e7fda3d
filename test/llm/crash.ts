/**
 * Loaded before a program: SIGUSR2 makes it fail with an error that nobody catches.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('SIGUSR2', () => {
    throw new Error('a crash');
  });
}

/** What a program without an IPC channel is told, on its main thread and on a worker. */
import { isMainThread, Worker } from 'node:worker_threads';
import { processBackend, shareToken } from '../../../../src/backends/process/index.ts';
import { CancellationToken } from '../../../../src/index.ts';

for (const attempt of [
  () => shareToken(new CancellationToken()),
  () => processBackend().share(new CancellationToken()),
]) {
  try {
    attempt();
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    console.log(isMainThread ? 'main' : 'worker', code, message);
  }
}
if (isMainThread) new Worker(new URL(import.meta.url));

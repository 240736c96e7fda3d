/**
 * The program of a worker of `runInWorker`: loads the task's module, runs the task, tells how it ended.
 */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workerData } from 'node:worker_threads';
import { InvalidArgumentError, type WorkerTaskFunction } from '../../token/index.ts';
import { flushForwarding } from '../../instrumentation/index.ts';
import { wireError } from './error-wire.ts';
import { runJob } from './job.ts';
import { nameThread } from './name-thread.ts';
import type { RunEnd } from './worker-run.ts';
import type { WorkerStart } from './worker-start.ts';

async function load({ file, exportName }: WorkerStart): Promise<WorkerTaskFunction> {
  const url = file.startsWith('file:') || !(isAbsolute(file) || file.startsWith('.')) ? file : pathToFileURL(file).href;
  const module = (await import(url)) as Record<string, unknown>;
  const found = module[exportName] ?? (module['default'] as Record<string, unknown> | undefined)?.[exportName];
  if (typeof found === 'function') return found as WorkerTaskFunction;
  throw new InvalidArgumentError('task', `a function that ${file} exports as ${exportName}`, found);
}

async function main(start: WorkerStart): Promise<void> {
  const { port } = start;
  let end: RunEnd;
  nameThread(start.job.name.slice(0, 64));
  try {
    end = { how: 'returned', value: await runJob(start.job, await load(start)) };
  } catch (error) {
    end = { how: 'threw', error: wireError(error) };
  }
  flushForwarding(); // before the answer: whoever waits for it may look at the metrics next
  try {
    port.postMessage(end);
  } catch (error) {
    const uncloneable: RunEnd = { how: 'threw', error: wireError(error) };
    port.postMessage(uncloneable);
  }
  port.close();
}

await main(workerData as WorkerStart);

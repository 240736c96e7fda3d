/**
 * What a worker of `runInWorker` does: loads the task's module, runs the task, tells how it ended.
 */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, workerData } from 'node:worker_threads';
import { InvalidArgumentError, sharedSlot, type WorkerTaskFunction } from '../../token/index.ts';
import { flushForwarding } from '../../instrumentation/index.ts';
import { wireError } from './error-wire.ts';
import { runJob } from './job.ts';
import { nameThread } from './name-thread.ts';
import { threadInbox } from './thread-inbox.ts';
import { threadLinks } from './thread-links.ts';
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
  threadInbox.connect();
  if (start.link !== undefined) threadLinks.accept(start.link);
  port.ref(); // a task that waits for nothing but its cancel keeps its thread until then
  let end: RunEnd;
  if (start.threadName !== undefined) nameThread(start.threadName.slice(0, 64));
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

const begun = sharedSlot('worker begun', () => ({ yes: false }));

/** In a worker of `runInWorker`, begins its work; anywhere else does nothing. */
export function beginIfWorker(): void {
  const start = workerData as Partial<WorkerStart> | null | undefined;
  if (isMainThread || start?.cancelscope !== 'worker' || begun.yes) return;
  begun.yes = true; // the task's module may load another copy of us
  void main(start as WorkerStart);
}

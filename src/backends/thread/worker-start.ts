/**
 * What a worker of `runInWorker` is started with, and the file it starts in.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Job } from './job.ts';
import type { Greeting } from './thread-links.ts';

/** Its `workerData`. */
export interface WorkerStart {
  readonly cancelscope: 'worker';
  /** The module, and which of its exports the task is. */
  readonly file: string;
  readonly exportName: string;
  /** Where it tells how the task ended. */
  readonly port: MessagePort;
  /** Its link to whoever started it, if that is the main thread. */
  readonly link: Greeting | undefined;
  readonly job: Job;
  /** What its thread is called, if not `worker`. */
  readonly threadName: string | undefined;
}

/** The program of such a worker: the entry of this backend, which sees by its `workerData` what it was started for. */
export function bootstrapFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './index.ts' : './thread.js', import.meta.url);
}

/**
 * What a worker of `runInWorker` is started with, and the file it starts in.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Job } from './job.ts';

/** Its `workerData`. */
export interface WorkerStart {
  readonly cancelscope: 'worker';
  /** The module, and which of its exports the task is. */
  readonly file: string;
  readonly exportName: string;
  /** Where it tells how the task ended. */
  readonly port: MessagePort;
  readonly job: Job;
}

/** The program of such a worker: beside this file, in source and as built, as a module of the same kind. */
export function bootstrapFile(): URL {
  const extension = /\.\w+$/.exec(import.meta.url)?.[0] ?? '.js';
  return new URL(`./thread-worker${extension}`, import.meta.url);
}

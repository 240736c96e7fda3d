/**
 * Where a cancel comes from: this process and this thread, read once; and ids that say so.
 */
import { isMainThread, threadId } from 'node:worker_threads';

/** The process and thread that called `cancel`. */
export interface Origin {
  readonly pid: number;
  /** 0 on the main thread. */
  readonly threadId: number;
  /** `main`, or `worker` on any other thread. */
  readonly threadName: string;
}

/** This isolate. */
export const thisOrigin: Origin = Object.freeze({
  pid: process.pid,
  threadId,
  threadName: isMainThread ? 'main' : 'worker',
});

const idPrefix = `${process.pid.toString(36)}-${threadId.toString(36)}-`;

/** The id of a token or scope: unique among the processes and threads of a host. */
export function tokenId(serial: number): string {
  return idPrefix + serial.toString(36);
}

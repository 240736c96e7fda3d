/**
 * Where a cancel comes from: this process and this thread, read once; and ids that say so.
 */
import { threadId } from 'node:worker_threads';
import type { Boundary } from './lifecycle.ts';
import { processState } from './process-state.ts';

/** The process and thread that called `cancel`. */
export interface Origin {
  readonly pid: number;
  /** 0 on the main thread. */
  readonly threadId: number;
  /** `main`; on any other thread the name it was given by `nameThread`, else `worker`. */
  readonly threadName: string;
}

/** This isolate. */
export const thisOrigin: Origin = Object.freeze({
  pid: process.pid,
  threadId,
  get threadName() {
    return processState.threadName;
  },
});

/** Which boundary lies between here and where a cancel comes from. */
export function boundaryOf(origin: Origin): Boundary {
  if (origin === thisOrigin) return 'local';
  return origin.pid === thisOrigin.pid ? 'thread' : 'process';
}

const idPrefix = `${process.pid.toString(36)}-${threadId.toString(36)}-`;

/** The id of a token or scope: unique among the processes and threads of a host. */
export function tokenId(serial: number): string {
  return idPrefix + serial.toString(36);
}

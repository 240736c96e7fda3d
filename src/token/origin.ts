/**
 * Where a cancel comes from: this process and this thread, read once; and ids that say so.
 */
import { threadId } from 'node:worker_threads';
import type { Boundary } from './lifecycle.ts';
import { processState } from './process-state.ts';
import { boundedText, NAME_LIMIT } from './text.ts';

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

/** The origin that `value` describes: data from outside may be anything. */
export function originOf(value: unknown): Origin {
  const { pid, threadId, threadName } = (value ?? {}) as { readonly [part: string]: unknown };
  return Object.freeze({
    pid: typeof pid === 'number' && Number.isFinite(pid) ? pid : 0,
    threadId: typeof threadId === 'number' && Number.isFinite(threadId) ? threadId : 0,
    threadName: typeof threadName === 'string' ? boundedText(threadName, NAME_LIMIT) : 'unknown',
  });
}

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

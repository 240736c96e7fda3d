/**
 * IPC channels: between this process and a child, or its parent.
 */
import type { ChildProcess } from 'node:child_process';
import type { Worker } from 'node:cluster';
import { isMainThread } from 'node:worker_threads';
import { InvalidArgumentError, UnsupportedError } from '../../token/index.ts';

/** What leads to another process: a child with IPC, a worker of a cluster, or `process`, which leads to the parent. */
export type ProcessChannel = ChildProcess | Worker | NodeJS.Process;

/** The object that sends and receives: a channel's end in this process. */
export type ChannelEnd = ChildProcess | NodeJS.Process;

/** The end of `channel`, by default of the one to the parent. @throws {InvalidArgumentError} */
export function endOf(channel: ProcessChannel = process): ChannelEnd {
  const end: unknown = (channel as Partial<Worker> | null)?.process ?? channel;
  if (isEnd(end)) return end;
  throw new InvalidArgumentError('channel', 'a child process, a cluster worker or process', channel);
}

/** Refuses an end that nothing can be sent through. @throws {UnsupportedError} */
export function checkOpen(end: ChannelEnd): void {
  if (end.connected && end.send !== undefined) return;
  if (end === process && !isMainThread) {
    throw new UnsupportedError(
      'a worker thread has no channel to the parent process: share with the main thread (cancelscope/thread), and from there',
    );
  }
  const who = end === process ? 'this process' : `process ${end.pid}`;
  if (end.send !== undefined)
    throw new UnsupportedError(`the IPC channel of ${who} is closed: no token passes it any more`);
  throw new UnsupportedError(`${who} has no IPC channel: start it by fork, or by spawn with 'ipc' in its stdio`);
}

function isEnd(value: unknown): value is ChannelEnd {
  if (value === process) return true;
  const { on, connected } = (value ?? {}) as Partial<ChildProcess>;
  return typeof on === 'function' && typeof connected === 'boolean';
}

/** Agents on worker threads. */
import { type MessagePort, Worker } from 'node:worker_threads';
import type { SharedTokenHandle } from '../../src/backends/thread/index.ts';
import type { AgentCommands } from './agent-commands.ts';
import { type Caller, callsOver, type Channel, type Remote } from './remote-calls.ts';

const PROGRAM = new URL('thread-agent-program.ts', import.meta.url);

/** A thread that does what it is told. */
export interface ThreadAgent<C = AgentCommands<SharedTokenHandle>> extends AsyncDisposable {
  /** Its commands. */
  readonly run: Remote<C>;
  readonly worker: Worker;
  /** Ends the thread, whatever it is doing. */
  stop(): Promise<void>;
}

/** Starts one; what it is told before it is up waits for it. `program` must `serve` commands over its parent's port. */
export function startThread<C = AgentCommands<SharedTokenHandle>>(
  program = PROGRAM,
  workerData?: unknown,
): ThreadAgent<C> {
  const worker = new Worker(program, { workerData });
  const caller: Caller<C> = callsOver<C>(channelTo(worker));
  worker.once('error', (error: Error) => caller.close(error));
  worker.once('exit', () => caller.close(new Error('the thread has ended')));
  const stop = async (): Promise<void> => void (await worker.terminate());
  return { run: caller.remote, worker, stop, [Symbol.asyncDispose]: stop };
}

/** The channel of a worker, or of its parent. */
export function channelTo(port: Worker | MessagePort): Channel {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
  };
}

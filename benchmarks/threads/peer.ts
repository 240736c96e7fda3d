/** Another thread, as the main one sees it. */
import { once } from 'node:events';
import { MessageChannel, type MessagePort, type Transferable, Worker } from 'node:worker_threads';
import { libraryEntries } from '../library.ts';
import { createMemory } from './memory.ts';
import type { Request } from './peer-program.ts';
import type { End } from './ways.ts';

/** A thread that does what it is asked, one request at a time. */
export class Peer implements AsyncDisposable {
  readonly #worker = new Worker(new URL('peer-program.ts', import.meta.url), {
    argv: [],
    workerData: libraryEntries,
  });

  /** Asks for something. @returns The answer. */
  async ask(request: Request, transfer: readonly Transferable[] = []): Promise<unknown> {
    this.#worker.postMessage(request, transfer);
    const [answer] = (await once(this.#worker, 'message')) as [unknown]; // rejects when the thread fails
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

/** One thread's end, and what must be transferred with it. */
export interface Half {
  readonly end: End;
  readonly ports: readonly Transferable[];
}

/** Two ends, for two threads. */
export function connect(): readonly [Half, Half] {
  const memory = createMemory();
  const told = new MessageChannel();
  const wired = new MessageChannel();
  return [halfOf(told.port1, wired.port1), halfOf(told.port2, wired.port2)];

  function halfOf(port: MessagePort, wiredPort: MessagePort): Half {
    return { end: { ...memory, port, wired: wiredPort }, ports: [port, wiredPort] };
  }
}

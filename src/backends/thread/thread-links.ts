/**
 * Links between threads: a port from each thread to those it shares slabs with, made without the program's doing.
 *
 * K1. Ports keep nothing alive. A port closes when its thread ends, in whatever way: then its slots are reclaimed.
 * K2. A thread that cannot be reached, because it has ended or knows nothing of us, stays unlinked; nothing fails. One
 *     that lives is never taken for ended: only the end of a port that the other thread is known to have counts.
 * K3. A worker of `runInWorker` is linked from its first step, and what it sent before its answer is taken in before that.
 * K4. Two threads that link at once have two links: each asks through its first one, and both are heard. When the first
 *     closes (it was refused), the other takes its place.
 */
import {
  isMainThread,
  MessageChannel,
  type MessagePort,
  postMessageToThread,
  receiveMessageOnPort,
  threadId,
} from 'node:worker_threads';
import { type Origin, sharedSlot, thisOrigin } from '../../token/index.ts';
import { type Message, Peer } from '../link/index.ts';

const MAIN_THREAD = 0;

/** What a thread is sent to link it: the other end, and who holds this one. */
export interface Greeting {
  readonly cancelscope: 'link';
  readonly port: MessagePort;
  readonly origin: Origin;
}

/** One link: a peer, and what carries its messages. */
interface Linked {
  readonly peer: Peer;
  readonly port: MessagePort;
}

/** The links of this thread. */
class ThreadLinks {
  /** The links to each thread, the one in use first (K4). */
  readonly #links = new Map<number, readonly Linked[]>();
  readonly #onLinked = new Set<(peer: Peer) => void>();
  readonly #onEnded = new Set<(threadId: number) => void>();
  #listening = false;

  /** Calls `listener` with each peer, those there are already included. */
  onLinked(listener: (peer: Peer) => void): void {
    this.#onLinked.add(listener);
    for (const peer of this.peers()) listener(peer);
  }

  /** Every link there is. */
  peers(): readonly Peer[] {
    return [...this.#links.values()].flat().map(({ peer }) => peer);
  }

  /** Calls `listener` with the id of each linked thread that has ended (K1). */
  onEnded(listener: (threadId: number) => void): void {
    this.#onEnded.add(listener);
  }

  /** Lets other threads link to this one. */
  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    // First: where one of the program's throws, those after it are not called.
    process.prependListener('workerMessage', (message: unknown) => {
      if (isGreeting(message)) this.accept(message);
    });
  }

  /** Links to a thread, unless it is this one or linked already (K2). */
  link(other: number): void {
    if (other === threadId || this.#links.has(other)) return;
    const { port1, port2 } = new MessageChannel();
    const origin = { ...thisOrigin };
    this.#add({ ...origin, threadId: other, threadName: other === MAIN_THREAD ? 'main' : 'worker' }, port1, false);
    const greeting: Greeting = { cancelscope: 'link', port: port2, origin };
    postMessageToThread(other, greeting, [port2]).catch((error: NodeJS.ErrnoException) => {
      // Where a listener of the program's threw, the thread may be linked all the same.
      if (error.code !== 'ERR_WORKER_MESSAGING_ERRORED') port1.close();
    });
  }

  /**
   * On the main thread, what to start a worker with that is linked from its first step: one that ends soon, or while we
   * are busy, would be gone before its own greeting arrived (K3). Say which one it became.
   */
  prepare(): { readonly greeting: Greeting; started(other: number, threadName: string): void } | undefined {
    if (!isMainThread) return undefined;
    const { port1, port2 } = new MessageChannel();
    const origin = { ...thisOrigin };
    return {
      greeting: { cancelscope: 'link', port: port2, origin },
      started: (other, threadName) => void this.#add({ ...origin, threadId: other, threadName }, port1, true),
    };
  }

  /** Links to whoever sent this. */
  accept({ origin, port }: Greeting): void {
    this.#add(origin, port, true).send({ kind: 'hello', name: thisOrigin.threadName });
  }

  /** Takes in all that a thread has sent so far. */
  hear(other: number): void {
    for (const { peer, port } of this.#linksTo(other)) {
      for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
        peer.receive((next as { readonly message: unknown }).message);
      }
    }
  }

  /** A thread has ended: what it sent is taken in, and that was all. */
  end(other: number): void {
    this.hear(other);
    for (const { peer, port } of this.#linksTo(other)) {
      port.close();
      peer.close();
    }
  }

  /** @param heard - Whether the other thread is known to have the other end (K2). */
  #add(origin: Origin, port: MessagePort, heard: boolean): Peer {
    const peer = new Peer(origin, (message: Message) => port.postMessage(message));
    const linked: Linked = { peer, port };
    let isHeard = heard;
    peer.on('hello', ({ name }) => {
      isHeard = true;
      peer.rename(name);
    });
    port.on('message', (message: unknown) => peer.receive(message));
    port.on('close', () => {
      const others = this.#linksTo(origin.threadId).filter((link) => link !== linked);
      this.#set(origin.threadId, others);
      peer.close();
      if (!isHeard || origin.threadId === MAIN_THREAD) return; // K2; and the main thread ends last
      for (const listener of this.#onEnded) listener(origin.threadId);
    });
    port.unref(); // K1
    this.#set(origin.threadId, [...this.#linksTo(origin.threadId), linked]);
    for (const listener of this.#onLinked) listener(peer);
    return peer;
  }

  #linksTo(other: number): readonly Linked[] {
    return this.#links.get(other) ?? [];
  }

  #set(other: number, links: readonly Linked[]): void {
    if (links.length === 0) this.#links.delete(other);
    else this.#links.set(other, links);
    links[0]?.peer.joinRegistry(); // K4
  }
}

function isGreeting(value: unknown): value is Greeting {
  return typeof value === 'object' && value !== null && (value as Partial<Greeting>).cancelscope === 'link';
}

/** This thread's. */
export const threadLinks = sharedSlot('thread links', () => new ThreadLinks());

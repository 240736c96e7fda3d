/**
 * Links between threads: a port from each thread to those it shares slabs with, made without the program's doing.
 *
 * K1. Ports keep nothing alive. A port closes when its thread ends, in whatever way: then its slots are reclaimed.
 * K2. A thread that cannot be reached, because it has ended or knows nothing of us, stays unlinked; nothing fails.
 * K3. A port may close for other reasons, and a thread that lives must not be reclaimed: only the end of a port that the
 *     other thread is known to have counts. The main thread ends last.
 */
import { MessageChannel, type MessagePort, postMessageToThread, threadId } from 'node:worker_threads';
import { type Origin, sharedSlot, thisOrigin } from '../../token/index.ts';
import { type Message, Peer } from '../link/index.ts';

const MAIN_THREAD = 0;

/** What a thread is sent to link it: the other end, and who holds this one. */
interface Greeting {
  readonly cancelscope: 'link';
  readonly port: MessagePort;
  readonly origin: Origin;
}

/** The links of this thread. */
class ThreadLinks {
  readonly #peers = new Map<number, Peer>();
  readonly #onLinked = new Set<(peer: Peer) => void>();
  readonly #onEnded = new Set<(threadId: number) => void>();
  #listening = false;

  /** Calls `listener` with each peer, those there are already included. */
  onLinked(listener: (peer: Peer) => void): void {
    this.#onLinked.add(listener);
    for (const peer of this.#peers.values()) listener(peer);
  }

  /** Calls `listener` with the id of each linked thread that has ended (K1). */
  onEnded(listener: (threadId: number) => void): void {
    this.#onEnded.add(listener);
  }

  /** Lets other threads link to this one. */
  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    process.on('workerMessage', (message: unknown) => {
      if (!isGreeting(message)) return;
      const { origin, port } = message;
      this.#add(origin, port, true).send({ kind: 'hello' });
    });
  }

  /** Links to a thread, unless it is this one or linked already (K2). */
  link(other: number): void {
    if (other === threadId || this.#peers.has(other)) return;
    const { port1, port2 } = new MessageChannel();
    const origin = { ...thisOrigin };
    this.#add({ ...origin, threadId: other, threadName: other === MAIN_THREAD ? 'main' : 'worker' }, port1, false);
    const greeting: Greeting = { cancelscope: 'link', port: port2, origin };
    postMessageToThread(other, greeting, [port2]).catch((error: NodeJS.ErrnoException) => {
      // With any other code the thread is there, and a listener of the program's threw.
      if (error.code === 'ERR_WORKER_MESSAGING_FAILED') port1.close();
    });
  }

  /** @param heard - Whether the other thread is known to have the other end: only then its closing tells of an end (K3). */
  #add(origin: Origin, port: MessagePort, heard: boolean): Peer {
    const peer = new Peer(origin, (message: Message) => port.postMessage(message));
    let isHeard = heard;
    peer.on('hello', () => (isHeard = true));
    port.on('message', (message: unknown) => peer.receive(message));
    port.on('close', () => {
      if (this.#peers.get(origin.threadId) === peer) this.#peers.delete(origin.threadId);
      peer.close();
      if (!isHeard || origin.threadId === MAIN_THREAD) return; // K3
      for (const listener of this.#onEnded) listener(origin.threadId);
    });
    port.unref(); // K1
    if (this.#peers.has(origin.threadId)) return peer; // both linked at once: this one only answers
    this.#peers.set(origin.threadId, peer);
    peer.joinRegistry();
    for (const listener of this.#onLinked) listener(peer);
    return peer;
  }
}

function isGreeting(value: unknown): value is Greeting {
  return typeof value === 'object' && value !== null && (value as Partial<Greeting>).cancelscope === 'link';
}

/** This thread's. */
export const threadLinks = sharedSlot('thread links', () => new ThreadLinks());

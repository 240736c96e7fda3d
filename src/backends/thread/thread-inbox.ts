/**
 * All slabs this thread knows: usually one, made by whichever thread shares first and passed on inside handles.
 *
 * I1. Whoever knows a slab links to the thread that made it and to the main one: they reclaim what it leaves behind.
 *     The main thread, which may come to know it last, links to all that hold tokens there.
 * I2. Whoever starts a thread reclaims what it leaves too: one that ends at once may not get as far as to link.
 */
import { isMainThread, threadId, type Worker } from 'node:worker_threads';
import { type Inbox, processState, sharedSlot } from '../../token/index.ts';
import { CREATOR_THREAD } from './layout.ts';
import { slotCount } from './configure-threads.ts';
import { ownersOf } from './doorbells.ts';
import { reclaim } from './reclaim.ts';
import { Slab } from './slab.ts';
import { threadLinks } from './thread-links.ts';
import { connectTelemetry } from './thread-telemetry.ts';

const MAIN_THREAD = 0;

/** Always rung. */
const RESTLESS = Int32Array.of(-1);

class ThreadInbox implements Inbox {
  readonly #slabs: Slab[] = [];
  #connected = false;
  #watching = false;
  bell: Int32Array = RESTLESS;
  heard = 0;

  receive(): void {
    for (const slab of this.#slabs) slab.receive();
    this.#attend();
  }

  /** Keeps to the bell of the only slab; of several, each is asked every time. */
  #attend(): void {
    const [only, another] = this.#slabs;
    const listensToOne = only !== undefined && another === undefined;
    this.bell = listensToOne ? only.bell : RESTLESS;
    this.heard = listensToOne ? only.heard : 0;
  }

  /** The slab to share into. */
  own(): Slab {
    return this.#slabs[0] ?? this.#add(Slab.create(slotCount(), threadId));
  }

  /** The slab in `memory`: each thread that is sent it gets another object for the same memory. */
  open(memory: SharedArrayBuffer): Slab {
    const creator = new Int32Array(memory, 4 * CREATOR_THREAD, 1)[0];
    const known = this.#slabs.find((slab) => slab.memory === memory || slab.words[CREATOR_THREAD] === creator);
    return known ?? this.#add(new Slab(memory, threadId));
  }

  get slabs(): readonly Slab[] {
    return this.#slabs;
  }

  #add(slab: Slab): Slab {
    this.#slabs.push(slab);
    this.#attend();
    processState.inbox = this;
    this.connect();
    threadLinks.listen();
    const others = isMainThread ? ownersOf(slab.words) : [MAIN_THREAD];
    for (const other of [slab.words[CREATOR_THREAD] as number, ...others]) threadLinks.link(other); // I1
    return slab;
  }

  /** From now on hears of links and ends. What a link says before that is missed. Twice changes nothing. */
  connect(): void {
    if (this.#connected) return;
    this.#connected = true;
    threadLinks.onLinked(connectTelemetry);
    threadLinks.onEnded((ended) => this.#reclaim(ended));
    this.watchWorkers();
  }

  /** From now on reclaims what threads leave that this one starts (I2). Twice changes nothing. */
  watchWorkers(): void {
    if (this.#watching) return;
    this.#watching = true;
    process.on('worker', (worker: Worker) => {
      const { threadId: started } = worker; // -1 once it has ended
      worker.once('exit', () => {
        threadLinks.end(started);
        this.#reclaim(started); // I2
      });
    });
  }

  #reclaim(ended: number): void {
    for (const { words, entry } of this.#slabs) reclaim(words, ended, entry);
  }
}

/** This thread's. */
export const threadInbox = sharedSlot('thread inbox', () => new ThreadInbox());

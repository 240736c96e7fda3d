/**
 * All slabs this thread knows: usually one, made by whichever thread shares first and passed on inside handles.
 */
import { threadId } from 'node:worker_threads';
import { type Inbox, processState, sharedSlot } from '../../token/index.ts';
import { CREATOR_THREAD } from './layout.ts';
import { slotCount } from './configure-threads.ts';
import { Slab } from './slab.ts';

class ThreadInbox implements Inbox {
  readonly #slabs: Slab[] = [];

  receive(): void {
    for (const slab of this.#slabs) slab.receive();
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
    processState.inbox = this;
    return slab;
  }
}

/** This thread's. */
export const threadInbox = sharedSlot('thread inbox', () => new ThreadInbox());

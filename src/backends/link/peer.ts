/**
 * Peers: another thread or process this one exchanges messages with, whatever carries them.
 *
 *   linked ──channel closes──▶ gone
 *
 * L1. What arrives may be anything: a message that makes no sense is dropped, and nothing is thrown at the channel.
 * L2. When the channel closes, whoever waits for an answer is told that there will be none, and whoever asked to hear
 *     of it is called, once.
 */
import { addRegistryPeer, answer, type RegistryPeer, type RegistryQuestion } from '../../instrumentation/index.ts';
import { InvalidStateError, type Origin } from '../../token/index.ts';

/** What peers send one another: a kind, and what that kind says. All of it can be cloned, and written as JSON. */
export interface Message {
  readonly kind: string;
  readonly [part: string]: unknown;
}

const NAME_MAX = 64;

/** Called with each message of one kind. */
export type MessageHandler = (message: Message, peer: Peer) => void;

/** A question that has no answer yet. */
interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One of them. */
export class Peer implements RegistryPeer {
  #origin: Origin;
  readonly #send: (message: Message) => void;
  readonly #asked = new Map<number, Asked>();
  readonly #handlers = new Map<string, MessageHandler>();
  readonly #onGone = new Set<() => void>();
  #registered: Disposable | undefined;
  #nextQuestion = 1;
  #gone = false;

  constructor(origin: Origin, send: (message: Message) => void) {
    this.#origin = origin;
    this.#send = send;
    this.on('ask', (message) => {
      this.#answer(message).catch(() => {}); // L1: whoever asked stops waiting by itself
    });
    this.on('answer', ({ to, value }) => this.#take(to)?.resolve(value));
    this.on('name', ({ name }) => this.rename(name));
  }

  /** Where it is; by its latest name. */
  get origin(): Origin {
    return this.#origin;
  }

  /** What it is called. */
  get label(): string {
    const { pid, threadId, threadName } = this.origin;
    return `process ${pid}, thread ${threadId} (${threadName})`;
  }

  /** It is called something else now. */
  rename(name: unknown): void {
    if (typeof name === 'string') this.#origin = { ...this.#origin, threadName: name.slice(0, NAME_MAX) };
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** Has questions of the registry go to it, until it is gone. */
  joinRegistry(): void {
    if (this.#gone) return; // of two links to a thread that ended, the second may be asked to take over
    this.#registered ??= addRegistryPeer(this);
  }

  /** Calls `handler` with each message of a kind; the last one set counts. */
  on(kind: string, handler: MessageHandler): void {
    this.#handlers.set(kind, handler);
  }

  /** Calls `listener` once, when the channel has closed; at once if it has. */
  onGone(listener: () => void): void {
    if (this.#gone) listener();
    else this.#onGone.add(listener);
  }

  /** Sends a message. @returns False when the channel is closed, or refused it. */
  send(message: Message): boolean {
    if (this.#gone) return false;
    try {
      this.#send(message);
      return true;
    } catch {
      return false; // the channel closed just now, or cannot clone what a program put in
    }
  }

  ask(question: RegistryQuestion): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#nextQuestion++;
      this.#asked.set(id, { resolve, reject });
      if (!this.send({ kind: 'ask', id, question })) this.#take(id)?.reject(gone(this));
    });
  }

  /** For the channel: a message has arrived. */
  receive(message: unknown): void {
    const kind = (message as Partial<Message> | null | undefined)?.kind;
    const handler = typeof kind === 'string' ? this.#handlers.get(kind) : undefined;
    try {
      handler?.(message as Message, this);
    } catch {
      // L1
    }
  }

  /** For the channel: it has closed (L2). */
  close(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#registered?.[Symbol.dispose]();
    for (const id of [...this.#asked.keys()]) this.#take(id)?.reject(gone(this));
    const listeners = [...this.#onGone];
    this.#onGone.clear();
    for (const listener of listeners) listener();
  }

  async #answer({ id, question }: Message): Promise<void> {
    this.send({ kind: 'answer', to: id, value: await answer(question as RegistryQuestion, this) });
  }

  #take(id: unknown): Asked | undefined {
    const asked = this.#asked.get(id as number);
    this.#asked.delete(id as number);
    return asked;
  }
}

function gone(peer: Peer): InvalidStateError {
  return new InvalidStateError(`${peer.label} is gone`);
}

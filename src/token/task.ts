/**
 * One piece of work in a task group.
 *
 *   queued ──start──▶ running ──▶ ended
 *     └───────skip──────────────────▲
 */
import type { AnyToken } from './readonly-token.ts';
import type { Registration } from './registration.ts';
import type { CancellationReason } from './reason.ts';
import { type Body, runBody } from './run-body.ts';
import { Scope } from './scope.ts';
import { CANCELLED } from './tree.ts';
import type { CancellationToken } from './token.ts';

/** How a task ended. */
export type TaskEnd = { readonly how: 'returned' | 'cancelled' } | { readonly how: 'failed'; readonly error: unknown };

/** Made by `group.spawn`. */
export class Task<T = unknown> {
  readonly name: string;
  /** Its value or its error. May be left alone: the group sees to failures. */
  readonly promise: Promise<T>;
  readonly #token: CancellationToken;
  readonly #body: Body<T>;
  #scope: Scope | undefined;
  #queued: Registration | undefined;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;

  /** @internal */
  constructor(name: string, group: Scope, body: Body<T>) {
    this.name = name;
    this.#token = group.token.child({ name: `task ${name}` });
    this.#body = body;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Left alone, it is no unhandled rejection: the group throws its error.
    this.promise.catch(() => {});
  }

  /** The scope its body runs in; undefined while it is queued. */
  get scope(): Scope | undefined {
    return this.#scope;
  }

  /** Reads cancelled when the task is, or its group. */
  get token(): AnyToken {
    return this.#token;
  }

  /** Cancels this task and nothing else of the group. Queued, it never starts. Returns whether this call won. */
  cancel(reason?: CancellationReason, message?: string): boolean {
    return this.#token.cancel(reason, message);
  }

  /** @internal What a failing sibling cancels. */
  get _node(): CancellationToken {
    return this.#scope?.token ?? this.#token;
  }

  /** @internal It has to wait its turn; cancelled meanwhile, it says so at once. */
  _enqueue(): void {
    this.#queued = this.#token._register(() => this.#reject(this.#token._error()), false, true);
  }

  /** @internal Runs the body; a task cancelled while it was queued does not (G3). */
  async _run(group: Scope): Promise<TaskEnd> {
    this.#queued?.dispose();
    if (this.#token._state === CANCELLED) {
      this.#reject(this.#token._error());
      return { how: 'cancelled' };
    }
    const scope = new Scope(this.name, { parent: group }, undefined, this.#token);
    this.#scope = scope;
    try {
      this.#resolve(await runBody(scope, this.#body));
      return { how: 'returned' };
    } catch (error) {
      this.#reject(error);
      return scope.outcome === 'cancelled' ? { how: 'cancelled' } : { how: 'failed', error };
    } finally {
      this.#token.dispose();
    }
  }
}

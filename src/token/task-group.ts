/**
 * Task groups: several pieces of work, one end.
 *
 * G1. The group settles after all its tasks and gives its body's value. A task's own cancel is no failure of the group.
 * G2. The first failure, the body's included, cancels the rest with `sibling` and is what is thrown, untouched; further
 *     ones are in `errors` and reported.
 * G3. `limit` bounds how many run at once; a queued task never starts after the cancel.
 */
import { cancelTogether } from './cancel-together.ts';
import { InvalidArgumentError, InvalidStateError } from './errors.ts';
import { reportFailure } from './failure.ts';
import { isOwnCancel } from './own-cancel.ts';
import { processState } from './process-state.ts';
import { type Body, runBody } from './run-body.ts';
import { Scope } from './scope.ts';
import { checkedBody, checkScopeName, type ScopeOptions } from './scope-options.ts';
import { Task, type TaskEnd } from './task.ts';
import { CANCELLED } from './tree.ts';

/** Options of {@link taskGroup}. */
export interface TaskGroupOptions extends ScopeOptions {
  /** How many tasks may run at once; default all. */
  readonly limit?: number;
}

/** Takes tasks on, and knows when all are done. Made by {@link taskGroup}. */
export class TaskGroup {
  /** The scope of the whole group. */
  readonly scope: Scope;
  /** Failures after the first one, which is what the group throws (G2). */
  readonly errors: unknown[] = [];
  readonly #limit: number;
  readonly #running = new Set<Task>();
  readonly #queue: Task[] = [];
  #failure: { readonly error: unknown } | undefined;
  #cutShort = false;
  #closed = false;
  #idle: (() => void) | undefined;

  /** @internal */
  constructor(scope: Scope, limit: number) {
    this.scope = scope;
    this.#limit = Math.floor(limit);
    scope.token._register(() => this.#startQueued(), false, true); // cancelled, all the queue has to be told (G3)
  }

  /**
   * Runs `body` as a task, in a scope of its own under the group's; at once, or when the limit allows.
   *
   * @throws {InvalidStateError} the group has ended.
   */
  spawn<T>(name: string, body: Body<T>): Task<T> {
    checkScopeName(name);
    checkedBody(body);
    if (this.#closed || this.scope._settled)
      throw new InvalidStateError(`Group "${this.scope.name}" has ended and takes no more tasks`);
    const task = new Task(name, this.scope, body);
    if (this.#running.size >= this.#limit) task._enqueue();
    this.#queue.push(task as Task);
    this.#startQueued();
    return task;
  }

  #startQueued(): void {
    const cancelled = this.scope.token._state === CANCELLED;
    while (this.#queue.length > 0 && (cancelled || this.#running.size < this.#limit)) {
      const task = this.#queue.shift() as Task;
      this.#running.add(task);
      void task._run(this.scope).then((end) => this.#ended(task, end));
    }
  }

  #ended(task: Task, end: TaskEnd): void {
    this.#running.delete(task);
    if (end.how === 'failed') this.#fail(end.error, `task "${task.name}" failed`);
    if (end.how === 'cancelled') this.#cutShort ||= this.scope.token._state === CANCELLED;
    this.#startQueued();
    if (this.#running.size === 0) this.#idle?.();
  }

  #fail(error: unknown, message: string): void {
    if (this.#failure !== undefined) {
      if (error === this.#failure.error) return; // the body awaited the task that failed
      this.errors.push(error);
      return reportFailure(this.scope.token, error);
    }
    this.#failure = { error };
    this.scope.fail(error);
    const rest = [...this.#running].map((task) => task._node);
    cancelTogether([...rest, this.scope.token], 'sibling', { message });
  }

  /** @internal The group's whole life (G1). */
  async _run<T>(body: (group: TaskGroup) => T | PromiseLike<T>): Promise<T> {
    let value: T | undefined;
    try {
      value = await body(this);
    } catch (error) {
      if (this.scope.token._state === CANCELLED && isOwnCancel(this.scope, error)) this.#cutShort = true;
      else this.#fail(error, 'the body of the group failed');
    }
    while (this.#running.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    this.#closed = true;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#cutShort) throw this.scope.token._error();
    return value as T;
  }
}

/**
 * Runs `body` with a group to spawn tasks in, and waits for all of them.
 *
 * @returns What the body gave.
 * @throws The first failure of a task or of the body, untouched. {@link CancelledError} when the group was cancelled.
 *
 * @example
 * const [user, orders] = await taskGroup('profile', { timeoutMs: 300 }, async (group) => {
 *   const user = group.spawn('user', (scope) => loadUser(id, scope.signal));
 *   const orders = group.spawn('orders', (scope) => loadOrders(id, scope.signal));
 *   return [await user.promise, await orders.promise];
 * });
 */
export function taskGroup<T>(name: string, body: (group: TaskGroup) => T | PromiseLike<T>): Promise<T>;
export function taskGroup<T>(
  name: string,
  options: TaskGroupOptions | undefined,
  body: (group: TaskGroup) => T | PromiseLike<T>,
): Promise<T>;
export async function taskGroup<T>(
  name: string,
  optionsOrBody: TaskGroupOptions | undefined | ((group: TaskGroup) => T | PromiseLike<T>),
  maybeBody?: (group: TaskGroup) => T | PromiseLike<T>,
): Promise<T> {
  const bare = typeof optionsOrBody === 'function';
  const body = checkedBody(bare ? optionsOrBody : maybeBody);
  const options = bare ? undefined : optionsOrBody;
  const limit: unknown = options?.limit === undefined ? Infinity : options.limit;
  if (typeof limit !== 'number' || !(limit >= 1))
    throw new InvalidArgumentError('limit', 'a number of tasks, 1 or more', limit);
  const scope = new Scope(name, options, processState.ambient.getStore());
  return runBody(scope, () => new TaskGroup(scope, limit)._run(body));
}

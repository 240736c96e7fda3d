/**
 * Listeners of a token: an intrusive list, so that adding and removing one costs the same however many there are.
 *
 * T3. Listeners run in registration order, each exactly once.
 * T4. A listener that throws or rejects is reported and stops nobody else.
 * T6. A listener runs in the async context of whoever registered it, unless it asked not to.
 * T7. `dispose` says whether it came in time; again is false.
 */
import { AsyncResource } from 'node:async_hooks';
import type { CancellationCause } from './cause.ts';
import { reportFailure } from './failure.ts';
import { processState } from './process-state.ts';
import type { TreeNode } from './tree.ts';

/** Called once, when the token is cancelled. What it returns is ignored, but a rejection is reported. */
export type CancelListener = (cause: CancellationCause) => unknown;

/** A listener's place on a token. */
export class Registration implements Disposable {
  /** @internal Next in the list of its token. */
  _next: Registration | null = null;
  /** @internal Previous in the list; of the first one, the last. */
  _previous: Registration;
  /** @internal The token, while waiting. */
  _node: TreeNode | null;
  /** @internal Whether it is the library's own, and says nothing about the scope's code. */
  readonly _internal: boolean;
  readonly #resource: AsyncResource | null;
  #listener: CancelListener | null;

  /** @internal */
  constructor(node: TreeNode | null, listener: CancelListener, bind: boolean, internal: boolean) {
    this._previous = this;
    this._node = node;
    this._internal = internal;
    this.#listener = listener;
    // Manual destroy: the resource is never looked for by the garbage collector's hooks.
    this.#resource = bind ? new AsyncResource('cancelscope.listener', { requireManualDestroy: true }) : null; // T6
  }

  /**
   * Takes the listener off.
   *
   * @returns Whether that came in time: true means it will never run. A second call is false, never a throw.
   */
  dispose(): boolean {
    const node = this._node;
    if (node === null) return false; // T7
    removeRegistration(node, this);
    this.#listener = null;
    return true;
  }

  /** Like {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal Runs the listener; called once, after it left the list. */
  _run(node: TreeNode, cause: CancellationCause): void {
    const listener = this.#listener as CancelListener;
    this.#listener = null; // T3: never again
    try {
      const result =
        this.#resource === null ? listener(cause) : this.#resource.runInAsyncScope(listener, undefined, cause);
      if (isThenable(result)) result.then(undefined, (error: unknown) => reportFailure(node, error));
    } catch (error) {
      reportFailure(node, error); // T4
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Puts a registration at the end of its token's list (T3). */
export function addRegistration(node: TreeNode, registration: Registration): void {
  const first = node._listeners;
  if (first === null) {
    node._listeners = registration;
  } else {
    const last = first._previous;
    last._next = registration;
    registration._previous = last;
    first._previous = registration;
  }
  processState.listeners++;
}

/** Takes a registration out of its token's list. */
export function removeRegistration(node: TreeNode, registration: Registration): void {
  const { _next: next, _previous: previous } = registration;
  const first = node._listeners as Registration;
  if (registration === first) node._listeners = next;
  else previous._next = next;
  if (next !== null) next._previous = previous;
  else if (registration !== first) first._previous = previous;
  registration._next = null;
  registration._previous = registration;
  registration._node = null;
  processState.listeners--;
}

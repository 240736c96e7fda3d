/** What services write by hand today, on the platform's AbortController. */

/** A child controller: aborted with its parent, let go of by `unlink`. */
export interface AbortChild {
  readonly controller: AbortController;
  readonly unlink: () => void;
}

/** A controller that `parent` aborts too. */
export function abortChild(parent: AbortSignal): AbortChild {
  const controller = new AbortController();
  const abort = (): void => controller.abort(parent.reason);
  parent.addEventListener('abort', abort, { once: true });
  return { controller, unlink: () => parent.removeEventListener('abort', abort) };
}

/** An async function in a child controller's scope. */
export async function abortScope<T>(parent: AbortSignal, body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { controller, unlink } = abortChild(parent);
  try {
    return await body(controller.signal);
  } finally {
    unlink();
  }
}

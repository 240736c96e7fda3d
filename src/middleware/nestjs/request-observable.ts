/**
 * A handler's result, as long as its request is wanted.
 *
 * NJ2. A cancel never completes it, it errors: Nest waits for a last value, and an end without one would be an EmptyError.
 * NJ3. An Observable is unsubscribed from as soon as its request is cancelled. A handler that returned a promise is waited
 *      for, until its grace is over; what it brings after that is nobody's.
 */
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import type { Scope } from '../../token/index.ts';
import { type RequestWork, workOf } from '../http/index.ts';

/** How a handler's result comes about. */
export interface HandledBy {
  /** Subscribing to it calls the handler. Called within the scope. */
  readonly handle: () => Observable<unknown>;
  /** Calls `told` if the handler returns an Observable. */
  readonly onObservable: (scope: Scope, told: () => void) => void;
  /** Makes what ended the request an exception. */
  readonly asException: (error: unknown) => unknown;
}

/** Runs a handler as the work of its request, when subscribed to. */
export function requestObservable(work: RequestWork, by: HandledBy): Observable<unknown> {
  const { scope } = work;
  return new Observable((subscriber) => {
    const fail = (error: unknown): void => {
      workOf(scope?.parent)?.fail(error); // Nest answers it, and tells what is around it of no error
      subscriber.error(by.asException(error)); // NJ2
    };
    work.onGivenUp(fail);
    if (scope === undefined) return;
    const ended = work.run(() => run(scope, subscriber, by));
    ended.then(() => subscriber.complete(), fail);
  });
}

function run(scope: Scope, subscriber: Subscriber<unknown>, by: HandledBy): Promise<void> {
  return new Promise((resolve, reject) => {
    let subscription: Subscription | undefined;
    let isObservable = false;
    const stop = (): void => {
      const isCancelled = scope.cause !== undefined;
      if (!isObservable || (!isCancelled && !subscriber.closed)) return; // a promise goes on, and is seen to
      subscription?.unsubscribe(); // NJ3
      if (isCancelled) reject(cancelOf(scope));
      else resolve(); // nobody listens any more
    };
    by.onObservable(scope, () => {
      isObservable = true;
      stop();
    });
    const hearing = scope.token._register(stop, false, true);
    subscription = by.handle().subscribe({
      next: (value) => subscriber.next(value),
      error: reject,
      complete: resolve,
    });
    subscription.add(() => hearing[Symbol.dispose]());
    subscriber.add(stop);
  });
}

function cancelOf(scope: Scope): unknown {
  try {
    return scope.throwIfCancelled();
  } catch (error) {
    return error;
  }
}

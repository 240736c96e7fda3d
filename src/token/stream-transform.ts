/**
 * A scope's cancel as a stage of a WHATWG pipeline (X2).
 */
import type { Scope } from './scope.ts';

/** The parts of a stage; `cancel`, for a reader or a writer that gives up, is newer than the types. */
type Stage<T> = NonNullable<ConstructorParameters<typeof TransformStream<T, T>>[0]> & { cancel(): void };

/** Passes chunks on until the scope is cancelled; then both sides error with its CancelledError. */
export function transformStream<T>(scope: Scope): TransformStream<T, T> {
  let registration: Disposable | undefined;
  const letGo = (): void => registration?.[Symbol.dispose]();
  const stage: Stage<T> = {
    start(controller) {
      registration = scope.token._register(() => controller.error(scope.token._error()), false, false);
    },
    flush: letGo,
    cancel: letGo,
  };
  return new TransformStream<T, T>(stage);
}

/**
 * A scope's cancel as a stage of a WHATWG pipeline (X2).
 */
import type { Scope } from './scope.ts';

/** Passes chunks on until the scope is cancelled; then both sides error with its CancelledError. */
export function transformStream<T>(scope: Scope): TransformStream<T, T> {
  let registration: Disposable | undefined;
  return new TransformStream<T, T>({
    start(controller) {
      registration = scope.token._register(() => controller.error(scope.token._error()), false, false);
    },
    flush() {
      registration?.[Symbol.dispose]();
    },
  });
}

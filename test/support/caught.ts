import { isCancelled, type CancelledError } from '../../src/index.ts';

/** What `promise` rejects with; fails when it does not. */
export async function caught(promise: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a rejection, got ${String(value)}`);
}

/** The CancelledError `promise` rejects with; fails on any other end. */
export async function caughtCancel(promise: PromiseLike<unknown>): Promise<CancelledError> {
  const error = await caught(promise);
  if (!isCancelled(error)) throw error;
  return error as CancelledError;
}

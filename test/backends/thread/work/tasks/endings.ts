/** Tasks that end otherwise than by returning. */
import { setImmediate as loopTurn } from 'node:timers/promises';
import { cancelScope, type Scope } from '../../../../../src/index.ts';
import { open, pass } from '../../../../support/gate.ts';
import type { Gates } from '../gates.ts';

class QuotaError extends RangeError {
  override readonly name = 'QuotaError';
  readonly code = 'E_QUOTA';
}

export function throwQuota(message: string): never {
  throw new QuotaError(message);
}

export function throwNumbered(): never {
  throw Object.assign(new Error('unavailable'), { code: 14 });
}

export async function reject(message: string): Promise<never> {
  await loopTurn();
  throw new TypeError(message);
}

export function throwValue(value: unknown): never {
  throw value;
}

export function throwUncloneable(): never {
  // oxlint-disable-next-line typescript/only-throw-error -- what cannot be cloned must not be lost
  throw () => {};
}

export function throwHostile(): never {
  throw Object.defineProperty(new Error('hostile'), 'message', {
    get() {
      throw new Error('do not look');
    },
  });
}

export function exit(code: number): never {
  process.exit(code);
}

/** Leaves a rejection to nobody, and waits. */
export function failOutside(): Promise<never> {
  void Promise.reject(new RangeError('outside the task'));
  return new Promise(() => {});
}

/** Its own scope runs out of time. */
export function ownTimeout(): Promise<never> {
  return cancelScope('inner', { timeoutMs: 1 }, (inner) => inner.race(new Promise<never>(() => {})));
}

/** Cancels the scope it runs in, which is not the one that sent it. */
export function cancelItself(_data: unknown, scope: Scope): never {
  scope.cancel('condition', 'by itself');
  scope.throwIfCancelled();
  throw new Error('not reached');
}

/** Leaves a timer behind, then returns. */
export function leaveTimer(): string {
  setInterval(() => {}, 1_000);
  return 'left one';
}

/** Throws on its own account after it has returned, once it may go on. */
export function throwLate({ there, goOn }: Gates): string {
  setImmediate(() => {
    open(there);
    pass(goOn);
    throw new Error('too late');
  });
  return 'returned before';
}

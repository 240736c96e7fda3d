/** Tasks that go on until they are stopped, or for ever. Each opens a gate when it has begun. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '../../../../../src/index.ts';
import { type Gate, open, pass } from '../../../../support/gate.ts';
import type { Gates } from '../gates.ts';

/** Never yields, and looks. */
export default function look({ there }: Gates, scope: Scope): never {
  open(there);
  for (;;) scope.throwIfCancelled();
}

/** Never yields, and returns when it sees the cancel. */
export function lookAndReturn({ there }: Gates, scope: Scope): unknown {
  open(there);
  while (!scope.isCancelled);
  return scope.cause?.toJSON();
}

/** Never yields, and says in shared memory that it saw the cancel. */
export function lookAndTell({ there, stopped }: Gates & { stopped: Gate }, scope: Scope): string {
  open(there);
  while (!scope.isCancelled);
  open(stopped);
  return 'saw it';
}

/** Never yields, and never looks. */
export function never({ there }: Gates): never {
  open(there);
  for (;;);
}

/** Never looks, and ends when it may go on: by returning, by an error, or with its thread. */
export function deaf({ there, goOn, end }: Gates & { end: 'return' | 'throw' | 'exit' }): string {
  open(there);
  pass(goOn);
  if (end === 'throw') throw new RangeError('of its own');
  if (end === 'exit') process.exit(5);
  return 'did not care';
}

const waits = {
  race: (scope: Scope): Promise<unknown> => scope.race(new Promise(() => {})),
  timer: (scope: Scope): Promise<unknown> => sleep(1_000_000, undefined, { signal: scope.signal }),
  signal: (scope: Scope): Promise<unknown> => once(scope.signal, 'abort'),
  promise: (scope: Scope): Promise<unknown> => scope.token.whenCancelled(),
};

/** Waits for nothing but its cancel. */
export async function wait({ there, on }: Gates & { on: keyof typeof waits }, scope: Scope): Promise<unknown> {
  const waiting = waits[on](scope);
  open(there); // not earlier: who begins to listen to a signal that has fired waits for ever
  await waiting;
  return scope.cause?.root.message;
}

/** What the threads of a pool do. */
import { threadId } from 'node:worker_threads';
import { move } from 'piscina';
import { piscinaTask } from '../../../../../src/backends/thread/index.ts';
import { cancelScope, currentScope, type Scope } from '../../../../../src/index.ts';
import { scopeInfo } from '../../../../../src/token/index.ts';
import { type Gate, open, pass } from '../../../../support/gate.ts';
import type { Gates } from '../gates.ts';

export default piscinaTask((data: unknown) => data);

export const thread = piscinaTask(() => threadId);

export const moved = piscinaTask((bytes: number) => move(new Uint8Array(bytes)) as unknown);

export const size = piscinaTask((buffer: ArrayBuffer) => buffer.byteLength);

export const fail = piscinaTask((message: string) => {
  throw Object.assign(new RangeError(message), { code: 'E_TILE' });
});

export const failPlainly = piscinaTask((value: unknown) => {
  throw value;
});

export const exit = piscinaTask((code: number) => process.exit(code));

export const ownTimeout = piscinaTask(() =>
  cancelScope('inner', { timeoutMs: 1 }, (inner) => inner.race(new Promise(() => {}))),
);

export const describeScope = piscinaTask((_data: unknown, scope: Scope) => {
  const { parentId, parentName } = scopeInfo(scope);
  const { name, remainingMs } = scope;
  return { isCurrent: currentScope() === scope, name, parentId, parentName, remainingMs, threadId };
});

export const run = piscinaTask(({ ran }: { ran: Gate }) => open(ran));

export const look = piscinaTask(({ there }: Gates, scope: Scope): never => {
  open(there);
  for (;;) scope.throwIfCancelled();
});

export const wait = piscinaTask(({ there }: Gates, scope: Scope) => {
  open(there);
  return scope.race(new Promise(() => {}));
});

/** Does not look; returns when it may go on. */
export const deaf = piscinaTask(({ there, goOn }: Gates) => {
  open(there);
  pass(goOn);
  return 'did not care';
});

export const never = piscinaTask(({ there }: Gates): never => {
  open(there);
  for (;;);
});

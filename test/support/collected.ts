import { loopTurn } from './process-errors.ts';

const { gc } = globalThis;

/** Collects what nobody references. A weak reference keeps its target to the end of the turn it was made or read in. */
export async function collectGarbage(): Promise<void> {
  if (gc === undefined) throw new Error('start Node with --expose-gc');
  for (let round = 0; round < 3; round++) {
    await loopTurn();
    gc();
  }
}

/** Whether each of these is gone after a collection. */
export async function collected(...references: readonly WeakRef<object>[]): Promise<boolean[]> {
  await collectGarbage();
  return references.map((reference) => reference.deref() === undefined);
}

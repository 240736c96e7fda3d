/**
 * Streams that stop with their scope.
 *
 * X1. The cancel is checked before a pull, and a pending pull ends with it; what was pulled is delivered. The source's
 *     `return()` is always called when it is left early. Partial results are kept as items flow.
 */
import { InvalidArgumentError } from './errors.ts';
import { reportFailure } from './failure.ts';
import type { PauseGate } from './pause-gate.ts';
import type { Scope } from './scope.ts';
import { iteratorOf, type SourceIterator, type StreamSource } from './stream-source.ts';
import { CANCELLED } from './tree.ts';

/** Options of {@link Scope.stream}. */
export interface StreamOptions {
  /** Gives arrays of this many items, the last one shorter; default single items. A cancel flushes what was gathered. */
  readonly chunk?: number;
  /** Reports `{ items }` each so many items; default never. */
  readonly reportEvery?: number;
  /** Keeps all items in `scope.partial`; default false. */
  readonly buffer?: boolean;
  /** Stops pulling while it is closed. */
  readonly gate?: PauseGate;
}

/** Items of `source`, or arrays of them. */
export async function* stream<T>(
  scope: Scope,
  source: StreamSource<T>,
  options: StreamOptions = {},
): AsyncGenerator<T | T[], void, undefined> {
  const { gate, buffer = false } = options;
  const chunk = checkedCount('chunk', options.chunk);
  const reportEvery = checkedCount('reportEvery', options.reportEvery);
  const kept: T[] = [];
  if (buffer) scope.partial = kept;
  const iterator = iteratorOf(source);
  const gathered: T[] = [];
  let items = 0;
  let pulling = false;
  let exhausted = false;
  try {
    for (;;) {
      if (gate !== undefined) await gate.whenOpen(scope);
      scope.throwIfCancelled();
      pulling = true;
      const result = await scope.race(Promise.resolve(iterator.next()), {
        // The pull was under way when the cancel came: its item belongs to the partial result, not to nobody.
        dispose: (late) => void (buffer && late.done !== true && kept.push(late.value)),
      });
      pulling = false;
      if (result.done === true) break;
      items++;
      if (buffer) kept.push(result.value);
      if (reportEvery !== undefined && items % reportEvery === 0) scope.report({ items });
      if (chunk === undefined) yield result.value;
      else if (gathered.push(result.value) >= chunk) yield gathered.splice(0);
    }
    exhausted = true;
    if (gathered.length > 0) yield gathered.splice(0);
  } catch (error) {
    exhausted = scope.token._state !== CANCELLED; // it is the source that failed
    if (gathered.length > 0) yield gathered.splice(0); // what was pulled is delivered (X1)
    throw error;
  } finally {
    if (!exhausted) {
      const closed = close(scope, iterator);
      // Else not awaited: `return()` waits behind a pending `next()`, which may never come.
      if (!pulling) await closed;
    }
  }
}

async function close(scope: Scope, iterator: SourceIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch (error) {
    reportFailure(scope.token, error);
  }
}

function checkedCount(argument: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= 1) return Math.floor(value);
  throw new InvalidArgumentError(argument, 'a whole number, 1 or more', value);
}

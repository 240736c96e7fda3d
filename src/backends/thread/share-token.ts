/**
 * Sharing a token with other threads, and attaching to one that was shared.
 *
 * B5. All holders have the same token: one id, one state, one cause. On one thread they have the same object.
 */
import {
  type AnyToken,
  type CancellationCauseData,
  CancellationToken,
  InvalidArgumentError,
  InvalidStateError,
  LIVE,
  onDemandOf,
  ReadonlyToken,
  reviveCause,
  takeIn,
  tokenOf,
} from '../../token/index.ts';
import { SharedSlot } from './shared-slot.ts';
import type { Slab } from './slab.ts';
import { threadInbox } from './thread-inbox.ts';

/** Stands for a token on its way to another thread: pass it in `workerData` or by `postMessage`, then to `attachToken`. */
export interface SharedTokenHandle<T extends AnyToken = CancellationToken> {
  /** What it is. Never set elsewhere: the type of what {@link attachToken} gives. */
  readonly cancelscope: 'shared-token' | 'shared-readonly-token';
  /** @internal */
  readonly memory?: SharedArrayBuffer;
  /** @internal */
  readonly slot?: number;
  /** @internal */
  readonly generation?: number;
  readonly id: string;
  readonly name: string;
  /** The scope it belongs to, if any. */
  readonly scopeName?: string;
  /** Why, if it was cancelled before it was shared. */
  readonly cause?: CancellationCauseData;
  /** @internal */
  readonly _type?: T;
}

/**
 * A handle of `token` for other threads. Synchronous; sharing a token again costs next to nothing.
 *
 * Every thread that attaches holds the same token: whoever cancels first wins, on whatever thread, and from then on all of
 * them read it as cancelled, with reason, message and cause, without a turn of their event loop. Listeners run on their
 * own threads. A holder lets go by `dispose()`, by cancelling, or by ending; as long as one holds it, handles stay good.
 *
 * @throws {SharedTokensFullError} too many tokens are shared (`configureThreads`).
 * @throws {InvalidStateError} it was disposed, or its scope has ended.
 * @throws {InvalidArgumentError} it is no token.
 *
 * @example
 * const stop = new CancellationToken({ name: 'stop' });
 * new Worker(file, { workerData: { stop: shareToken(stop) } });
 * stop.cancel('manual', 'enough'); // the worker reads it at once, also in the middle of a loop
 */
export function shareToken<T extends AnyToken>(token: T): SharedTokenHandle<T> {
  const shared = tokenOf('token', token);
  const kind = token instanceof ReadonlyToken ? 'shared-readonly-token' : 'shared-token';
  const { id, name } = shared;
  const scopeName = shared._onDemand?.remote?.scopeName ?? shared._owner?.name;
  const known = { cancelscope: kind, id, name, ...(scopeName !== undefined && { scopeName }) } as const;
  if (shared.isCancelled) return { ...known, cause: (shared.cause as NonNullable<typeof shared.cause>).toJSON() };
  if (shared._state !== LIVE) throw new InvalidStateError(`"${name}" has ended: there is nothing left to share`);
  const { slab, slot, generation } = slotOf(shared);
  return { ...known, memory: slab.memory, slot, generation };
}

/** The slot of a live token; a new one for one not shared yet. */
function slotOf(token: CancellationToken): SharedSlot {
  const onDemand = onDemandOf(token);
  if (onDemand.shared !== null) return onDemand.shared as SharedSlot;
  const slab = threadInbox.own();
  const { slot, generation } = slab.take();
  return connect(slab, slot, generation, token);
}

function connect(slab: Slab, slot: number, generation: number, token: CancellationToken): SharedSlot {
  const shared = new SharedSlot(slab, slot, generation, token);
  onDemandOf(token).shared = shared;
  slab.add(shared);
  return shared;
}

/**
 * The token that `handle` stands for. On one thread it is the same object each time, on the thread that shared it the
 * token itself. Cancelled already if the token was, however long ago, as far as that is still known.
 *
 * Dispose it when its use here is over (`using stop = attachToken(handle)`); other holders keep it.
 *
 * @throws {InvalidStateError} every holder has let go of the token without cancelling it.
 * @throws {SharedTokensFullError} too many threads hold shared tokens.
 * @throws {InvalidArgumentError} it is no handle.
 *
 * @example
 * import { workerData } from 'node:worker_threads';
 *
 * using stop = attachToken(workerData.stop);
 * for (const row of rows) {
 *   stop.throwIfCancelled(); // sees a cancel by any thread at once
 *   work(row);
 * }
 */
export function attachToken<T extends AnyToken>(handle: SharedTokenHandle<T>): T {
  check(handle);
  const token = attach(handle);
  return (handle.cancelscope === 'shared-readonly-token' ? token.readonly() : token) as T;
}

function attach(handle: SharedTokenHandle<AnyToken>): CancellationToken {
  const { memory, slot = 0, generation = 0, cause } = handle;
  if (memory === undefined) return cancelled(handle, cause);
  const slab = threadInbox.open(memory);
  const held = slab.heldIn(slot, generation);
  if (held?.token !== undefined) return held.token; // B5
  held?.handOver();
  if (held !== undefined || slab.hold(slot, generation)) {
    const token = remoteToken(handle);
    connect(slab, slot, generation, token).look();
    return token;
  }
  const late = slab.lateCause(slot, generation);
  if (late !== undefined) return cancelled(handle, late.toJSON());
  throw new InvalidStateError(
    `"${handle.name}" is gone: every thread that held it let go of it before this one attached`,
  );
}

function remoteToken({ id, name, scopeName }: SharedTokenHandle<AnyToken>): CancellationToken {
  const token = new CancellationToken({ name });
  onDemandOf(token).remote = { id, scopeName };
  return token;
}

function cancelled(handle: SharedTokenHandle<AnyToken>, cause: unknown): CancellationToken {
  const token = remoteToken(handle);
  takeIn([[token, reviveCause(cause)]]);
  return token;
}

function check(handle: SharedTokenHandle<AnyToken>): void {
  const given = handle as Partial<SharedTokenHandle> | null | undefined;
  const named = typeof given?.id === 'string' && typeof given.name === 'string';
  const placed = given?.memory instanceof SharedArrayBuffer && Number.isInteger(given.slot);
  if (!named || !(placed || typeof given.cause === 'object')) {
    throw new InvalidArgumentError('handle', 'what shareToken gave', handle);
  }
}

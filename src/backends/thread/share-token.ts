/**
 * Sharing a token with other threads, and attaching to one that was shared.
 *
 * B5. All holders have the same token: one id, one state, one cause. On one thread they have the same object while it is
 *     live; views of it, and tokens that arrive cancelled, are made anew.
 */
import {
  addSharedState,
  type AnyToken,
  type CancellationCauseData,
  CancellationToken,
  hooks,
  InvalidArgumentError,
  InvalidStateError,
  isLive,
  ReadonlyToken,
  type RemoteScope,
  reviveCause,
  type Scope,
  scopeInfo,
  sharedStatesOf,
  takeIn,
  tokenOf,
  watch,
} from '../../token/index.ts';
import { HEADER_WORDS, slabBytes, SLOT_COUNT } from './layout.ts';
import { SharedSlot } from './shared-slot.ts';
import type { Slab } from './slab.ts';
import { threadInbox } from './thread-inbox.ts';

/** What a handle of either kind says. */
interface Handle {
  /** @internal */
  readonly memory?: SharedArrayBuffer;
  /** @internal */
  readonly slot?: number;
  /** @internal */
  readonly generation?: number;
  readonly id: string;
  readonly name: string;
  /** The scope it belongs to, if any. */
  readonly scope?: RemoteScope;
  /** Why, if it was cancelled before it was shared. */
  readonly cause?: CancellationCauseData;
}

/** Stands for a token on its way to another thread: pass it in `workerData` or by `postMessage`, then to `attachToken`. */
export interface SharedTokenHandle extends Handle {
  readonly cancelscope: 'shared-token';
}

/** Like {@link SharedTokenHandle}, of a token that the other thread can read and not cancel. */
export interface SharedReadonlyTokenHandle extends Handle {
  readonly cancelscope: 'shared-readonly-token';
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
export function shareToken(token: CancellationToken): SharedTokenHandle;
export function shareToken(token: ReadonlyToken): SharedReadonlyTokenHandle;
export function shareToken(token: AnyToken): SharedTokenHandle | SharedReadonlyTokenHandle {
  const shared = tokenOf('token', token);
  const kind = token instanceof ReadonlyToken ? 'shared-readonly-token' : 'shared-token';
  const { id, name } = shared;
  const scope = shared._onDemand?.remote?.scope ?? scopeOf(shared);
  const known = { cancelscope: kind, id, name, ...(scope !== undefined && { scope }) } as const;
  if (shared.isCancelled) return { ...known, cause: (shared.cause as NonNullable<typeof shared.cause>).toJSON() };
  if (!isLive(shared)) throw new InvalidStateError(`"${name}" has ended: there is nothing left to share`);
  const { slab, slot, generation } = slotOf(shared);
  return { ...known, memory: slab.memory, slot, generation };
}

/** The scope a token belongs to, as the other thread is told of it. */
function scopeOf({ _owner: owner }: CancellationToken): RemoteScope | undefined {
  if (owner === null) return undefined;
  const span = hooks.spanContext?.(scopeInfo(owner as Scope));
  return { id: owner.token.id, name: owner.name, ...(span !== undefined && { span }) };
}

/** The slot of a live token; a new one for one not shared yet. */
function slotOf(token: CancellationToken): SharedSlot {
  const known = sharedStatesOf(token).find((state): state is SharedSlot => 'slab' in state);
  if (known !== undefined) return known;
  const slab = threadInbox.own();
  const { slot, generation } = slab.take();
  return connect(slab, slot, generation, token);
}

function connect(slab: Slab, slot: number, generation: number, token: CancellationToken): SharedSlot {
  const shared = new SharedSlot(slab, slot, generation, token);
  addSharedState(token, shared, true);
  watch(token);
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
export function attachToken(handle: SharedTokenHandle): CancellationToken;
export function attachToken(handle: SharedReadonlyTokenHandle): ReadonlyToken;
export function attachToken(handle: SharedTokenHandle | SharedReadonlyTokenHandle): AnyToken {
  check(handle);
  const token = attach(handle);
  return handle.cancelscope === 'shared-readonly-token' ? token.readonly() : token;
}

function attach(handle: Handle): CancellationToken {
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
  const late = slab.lateCause(slot, generation, handle);
  if (late !== undefined) return cancelled(handle, late.toJSON());
  throw new InvalidStateError(
    `"${handle.name}" is gone: every thread that held it let go of it before this one attached`,
  );
}

function remoteToken({ id, name, scope }: Handle): CancellationToken {
  return new CancellationToken({ name }, undefined, name, undefined, { id, scope });
}

function cancelled(handle: Handle, cause: unknown): CancellationToken {
  const token = remoteToken(handle);
  takeIn([[token, reviveCause(cause)]]);
  return token;
}

function check(handle: SharedTokenHandle | SharedReadonlyTokenHandle): void {
  const { cancelscope, id, name, cause, memory } = (handle ?? {}) as Partial<Record<keyof SharedTokenHandle, unknown>>;
  const ours = cancelscope === 'shared-token' || cancelscope === 'shared-readonly-token';
  const placed = memory === undefined ? typeof cause === 'object' && cause !== null : isPlaced(handle);
  if (ours && typeof id === 'string' && typeof name === 'string' && placed) return;
  throw new InvalidArgumentError('handle', 'what shareToken gave', handle);
}

/** Whether it names a slot that there is. */
function isPlaced({ memory, slot, generation }: Handle): boolean {
  if (!(memory instanceof SharedArrayBuffer) || memory.byteLength < 4 * HEADER_WORDS) return false;
  const slots = new Int32Array(memory, 0, HEADER_WORDS)[SLOT_COUNT] as number;
  const isSlab = slots > 0 && slabBytes(slots) === memory.byteLength;
  return isSlab && Number.isInteger(generation) && Number.isInteger(slot) && Number(slot) >= 0 && Number(slot) < slots;
}

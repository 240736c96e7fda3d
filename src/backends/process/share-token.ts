/**
 * Sharing a token with another process, and attaching to one that was shared.
 *
 * V1. Whoever holds a token on either side can cancel it, and the other side has the same id, reason, message and cause as
 *     soon as its event loop turns. Each side keeps the cause it took first: if both cancel at once, there are two.
 * V2. In one process a handle gives the same token each time, as long as it is live; where it was shared, the token itself.
 * V3. A cancel that comes before the handle, or while it waits in a queue, is not lost: what is attached is cancelled.
 */
import {
  type AnyToken,
  type CancellationCauseData,
  type CancellationToken,
  hooks,
  InvalidArgumentError,
  InvalidStateError,
  isLive,
  ReadonlyToken,
  type RemoteScope,
  reviveCause,
  type Scope,
  scopeInfo,
  tokenOf,
} from '../../token/index.ts';
import type { ProcessChannel } from './channel.ts';
import { existingLink, linkThrough } from './process-links.ts';
import { cancelledToken, LONGEST_ID } from './remote-token.ts';

/** What a handle of either kind says. Plain JSON. */
interface Handle {
  readonly id: string;
  readonly name: string;
  /** The scope it belongs to, if any. */
  readonly scope?: RemoteScope;
  /** Why, if it was cancelled before it was shared. */
  readonly cause?: CancellationCauseData;
}

/** Stands for a token on its way to another process, inside a message of the program's own. */
export interface ProcessTokenHandle extends Handle {
  readonly cancelscope: 'process-token';
}

/** Like {@link ProcessTokenHandle}, of a token that the other process can read and not cancel. */
export interface ProcessReadonlyTokenHandle extends Handle {
  readonly cancelscope: 'process-readonly-token';
}

/**
 * A handle of `token` for the process at the other end of `channel`; left out, for the parent process. Synchronous;
 * sharing a token again costs next to nothing. Share it with each process it is meant for: a handle that was forwarded to
 * another one stands for nothing there.
 *
 * A cancel on either side reaches the other one, acknowledged, and repeated until it is. Cancelling waits for nothing.
 * When the channel closes, tokens that came through it are cancelled with `error`; those given away are not. (Node itself
 * ends a cluster worker whose primary is gone.)
 *
 * Both sides' messages take the program's own channel. Listeners of `message` see none of them, except in a process that
 * has not shared or attached anything yet: let those ignore what is marked `{ cancelscope: 'link' }`.
 *
 * @throws {UnsupportedError} there is no IPC channel, or it is closed.
 * @throws {InvalidStateError} the token was disposed, or its scope has ended.
 * @throws {InvalidArgumentError} it is no token, or `channel` is no channel.
 *
 * @example
 * const child = fork('resize.js');
 * const stop = new CancellationToken({ name: 'stop' });
 * child.send({ job, stop: shareToken(stop, child) });
 * stop.cancel('disconnect');
 */
export function shareToken(token: CancellationToken, channel?: ProcessChannel): ProcessTokenHandle;
export function shareToken(token: ReadonlyToken, channel?: ProcessChannel): ProcessReadonlyTokenHandle;
export function shareToken(token: AnyToken, channel?: ProcessChannel): AnyHandle {
  const handle = describe(token);
  linkThrough(channel).share(tokenOf('token', token), token instanceof ReadonlyToken ? 'lent' : 'gave');
  return handle;
}

/**
 * The handle alone, for the arguments or the environment of a process yet to be started. Once it is, share the token
 * with it.
 *
 * @throws {InvalidStateError} the token was disposed, or its scope has ended.
 * @throws {InvalidArgumentError} it is no token.
 *
 * @example
 * const child = fork('resize.js', [JSON.stringify(handleOf(stop))]);
 * shareToken(stop, child);
 */
export function handleOf(token: CancellationToken): ProcessTokenHandle;
export function handleOf(token: ReadonlyToken): ProcessReadonlyTokenHandle;
export function handleOf(token: AnyToken): AnyHandle {
  return describe(token);
}

type AnyHandle = ProcessTokenHandle | ProcessReadonlyTokenHandle;

function describe(token: AnyToken): AnyHandle {
  const shared = tokenOf('token', token);
  const cancelscope = token instanceof ReadonlyToken ? 'process-readonly-token' : 'process-token';
  const { id, name, cause } = shared;
  if (cause === undefined && !isLive(shared)) {
    throw new InvalidStateError(`"${name}" has ended: there is nothing left to share`);
  }
  const scope = shared._onDemand?.remote?.scope ?? scopeOf(shared);
  return {
    cancelscope,
    id,
    name,
    ...(scope !== undefined && { scope }),
    ...(cause !== undefined && { cause: cause.toJSON() }),
  };
}

/** The scope a token belongs to, as the other process is told of it. */
function scopeOf({ _owner: owner }: CancellationToken): RemoteScope | undefined {
  if (owner === null) return undefined;
  const span = hooks.spanContext?.(scopeInfo(owner as Scope));
  return { id: owner.token.id, name: owner.name, ...(span !== undefined && { span }) };
}

/**
 * The token that `handle` stands for, given by the process at the other end of `channel`; left out, by the parent
 * process. Cancelled already if the token was, as far as that is known here.
 *
 * Dispose it when its use here is over (`using stop = attachToken(handle)`); the handle may be attached again.
 *
 * @throws {UnsupportedError} there is no IPC channel, or it is closed. Not for a handle of a cancelled token.
 * @throws {InvalidStateError} it is a token of this process, and has ended.
 * @throws {InvalidArgumentError} it is no handle, or `channel` is no channel.
 *
 * @example
 * process.on('message', async ({ job, stop: handle }) => {
 *   using stop = attachToken(handle);
 *   await cancelScope('resize', { token: stop }, () => resize(job));
 * });
 */
export function attachToken(handle: ProcessTokenHandle, channel?: ProcessChannel): CancellationToken;
export function attachToken(handle: ProcessReadonlyTokenHandle, channel?: ProcessChannel): ReadonlyToken;
export function attachToken(handle: AnyHandle, channel?: ProcessChannel): AnyToken {
  check(handle);
  const token = attach(handle, channel);
  return handle.cancelscope === 'process-readonly-token' ? token.readonly() : token;
}

function attach(handle: Handle, channel: ProcessChannel | undefined): CancellationToken {
  if (handle.cause === undefined) return linkThrough(channel).attach(handle, undefined);
  const cause = reviveCause(handle.cause);
  return existingLink(channel)?.attach(handle, cause) ?? cancelledToken(handle, cause);
}

function check(handle: unknown): void {
  const { cancelscope, id, name, scope, cause } = (handle ?? {}) as Partial<Record<keyof AnyHandle, unknown>>;
  const ours = cancelscope === 'process-token' || cancelscope === 'process-readonly-token';
  const named = typeof id === 'string' && id.length <= LONGEST_ID && typeof name === 'string';
  if (ours && named && isScope(scope) && (cause === undefined || typeof cause === 'object')) return;
  throw new InvalidArgumentError('handle', 'what shareToken of cancelscope/process gave', handle);
}

function isScope(value: unknown): boolean {
  if (value === undefined) return true;
  const { id, name } = (value ?? {}) as Partial<RemoteScope>;
  return typeof id === 'string' && typeof name === 'string';
}

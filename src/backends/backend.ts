/**
 * Backends: how the state of a token is held where others reach it, and how they are woken. All else is the token
 * layer's, written once.
 *
 * B1. On every backend: a cancel wins at most once for each holder of the state; reason and message are readable with
 *     the flag; whoever cancels waits for nobody; no user code runs on a foreign thread's stack; an idle token keeps
 *     nothing alive.
 * B2. What a backend cannot do fails with an UnsupportedError where it is asked for. `capabilities` says it beforehand.
 */
import type { CancellationToken, Clock } from '../token/index.ts';

/** What a backend can do. */
export interface Capabilities {
  /** Who may hold one token. */
  readonly reaches: 'thread' | 'threads' | 'processes';
  /** Every holder reads the cancel once `cancel()` has returned, without a turn of its event loop. */
  readonly readsAtOnce: boolean;
  /** Of all holders together exactly one wins. Otherwise one on each side of the boundary may. */
  readonly oneWinner: boolean;
  /** A holder may block its thread until the cancel: `token.waitSync()`. */
  readonly waitsSync: boolean;
  /** Work that does not stop can be ended by force. */
  readonly endsByForce: boolean;
  /** Time stands still until it is moved. */
  readonly virtualTime: boolean;
}

/** One way to hold a token in two places. */
export interface Backend<Handle = unknown> {
  readonly name: 'local' | 'thread' | 'process' | 'virtual';
  readonly capabilities: Capabilities;
  /** What time its tokens and scopes go by. */
  readonly clock: Clock;
  /** What stands for `token` on its way to another holder. */
  share(token: CancellationToken): Handle;
  /** The token that a handle stands for. */
  attach(handle: Handle): CancellationToken;
}

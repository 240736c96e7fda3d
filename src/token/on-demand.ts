/**
 * What a token has only when somebody asks for it: an AbortSignal, a promise, holders elsewhere.
 *
 * T9. The promise resolves, never rejects. T10. The signal is a plain one of our own controller, never made by
 * `AbortSignal.any` or `.timeout`, which forget aborts when their sources are collected.
 */
import { getEventListeners } from 'node:events';
import type { CancellationCause } from './cause.ts';
import { cancelledError } from './errors.ts';
import type { RemoteIdentity, SharedState } from './shared-state.ts';
import type { CancellationToken } from './token.ts';
import { causeOf } from './derived-cause.ts';

/** What one token was asked for so far. */
export interface OnDemand {
  controller: AbortController | null;
  promise: Promise<CancellationCause> | null;
  shared: SharedState | null;
  remote: RemoteIdentity | null;
}

/** What `token` was asked for so far. */
export function onDemandOf(token: CancellationToken): OnDemand {
  return (token._onDemand ??= { controller: null, promise: null, shared: null, remote: null });
}

/**
 * Where our signals have their token, known to all copies of this library. A property, because in a WeakMap each pair of
 * a signal and its token, which hold each other, outlives every collection of young objects: tens of ms each were measured.
 */
const TOKEN = Symbol.for('cancelscope.token');
type OwnSignal = AbortSignal & { [TOKEN]?: CancellationToken };

/** The token whose signal it is, if it is one of ours. */
export function tokenOfSignal(signal: AbortSignal): CancellationToken | undefined {
  return (signal as OwnSignal)[TOKEN];
}

/** The token's signal; the same each time. */
export function signalOf(token: CancellationToken): AbortSignal {
  const onDemand = onDemandOf(token);
  if (onDemand.controller === null) {
    const controller = (onDemand.controller = new AbortController());
    (controller.signal as OwnSignal)[TOKEN] = token;
    token._register(() => abort(token, controller), false, true);
  }
  return onDemand.controller.signal;
}

function abort(token: CancellationToken, controller: AbortController): void {
  if (token._owner !== null && getEventListeners(controller.signal, 'abort').length > 0) {
    token._owner._acknowledged('listener'); // somebody hears of it through the signal
  }
  controller.abort(cancelledError(causeOf(token) as CancellationCause));
}

/** The token's promise; the same each time. */
export function promiseOf(token: CancellationToken): Promise<CancellationCause> {
  const onDemand = onDemandOf(token);
  return (onDemand.promise ??= new Promise((resolve) => {
    token._register(resolve, false, false);
  }));
}

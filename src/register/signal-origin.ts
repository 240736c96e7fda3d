/**
 * Where a signal comes from: what the wraps of zero-code mode noted of it.
 */
import type { CancellationCause } from '../token/index.ts';
import { causeOfReason, causeOfSignal } from './abort-causes.ts';

/** What is known of a signal. */
export interface SignalOrigin {
  /** What made it: `AbortSignal.timeout`, `AbortSignal.any`, or a controller that was seen to abort. */
  readonly kind: 'timeout' | 'any' | 'controller';
  /** Of `timeout`: its delay in ms. */
  readonly delayMs?: number;
  /** Of `any`: its sources, those that are still there; none is known when they were no array. */
  readonly sources?: readonly AbortSignal[];
  /** When it was made, in milliseconds since 1970; of `timeout` and `any`. */
  readonly madeAt?: number;
  /** Where it was made; only with `CANCELSCOPE_CALL_SITES=on`. */
  readonly callSite?: string;
  /** Who aborted it, why and when; also of a source. Not of a timeout: that was its timer. */
  readonly cause?: CancellationCause;
}

/** What is noted when a signal is made. Small, and nothing in it keeps a signal (Z12). */
export interface MadeSignal {
  readonly madeAt: number;
  readonly callSite: string | undefined;
  readonly delayMs?: number;
  readonly sources?: readonly WeakRef<AbortSignal>[];
}

const made = new WeakMap<AbortSignal, MadeSignal>();

/** Notes how a signal was made. */
export function noteMade(signal: AbortSignal, how: MadeSignal): void {
  made.set(signal, how);
}

/**
 * What zero-code mode knows of `signal`; undefined when it saw neither its making nor its abort. Works with
 * `CANCELSCOPE_AUTO=abort` or `all`; reading it changes nothing.
 *
 * @example
 * const origin = signalOrigin(request.signal);
 * console.error('aborted by', origin?.cause?.callSite ?? origin?.kind);
 */
export function signalOrigin(signal: AbortSignal): SignalOrigin | undefined {
  if (!(signal instanceof AbortSignal)) return undefined;
  const how = made.get(signal);
  const cause = causeOfSignal(signal) ?? (signal.aborted ? causeOfReason(signal.reason) : undefined);
  if (how === undefined) return cause && { kind: 'controller', cause };
  const { madeAt, callSite, delayMs, sources } = how;
  return {
    kind: delayMs === undefined ? 'any' : 'timeout',
    madeAt,
    ...(delayMs !== undefined && { delayMs }),
    ...(sources !== undefined && { sources: sources.flatMap((source) => source.deref() ?? []) }),
    ...(callSite !== undefined && { callSite }),
    ...(cause !== undefined && { cause }),
  };
}

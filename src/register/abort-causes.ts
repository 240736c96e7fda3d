/**
 * What is known of aborts that were seen: their cause, by signal and by reason.
 *
 * Z12. Weakly: neither a signal nor a reason is kept by being known, and no signal is listened to.
 */
import { types } from 'node:util';
import {
  CancellationCause,
  CancelledError,
  hooks,
  processState,
  systemClock,
  type CancellationReason,
} from '../token/index.ts';
import { harmless } from './warn.ts';

const bySignal = new WeakMap<AbortSignal, CancellationCause>();
const byReason = new WeakMap<object, CancellationCause>();

/** An `abort()` that is running: what comes of it may ask for its cause before it is over. */
interface RunningAbort {
  readonly signal: AbortSignal;
  readonly at: number;
  readonly callSite: string | undefined;
}

const running: RunningAbort[] = [];

/** Calls `abort`, of which `signal` is aborted; then its cause is known, and told to monitors. */
export function duringAbort(signal: AbortSignal, callSite: string | undefined, abort: () => unknown): unknown {
  running.push({ signal, at: systemClock.now(), callSite });
  try {
    return abort();
  } finally {
    ended(running.pop());
  }
}

/** What goes wrong here must not come out of the program's `abort()`. */
const ended = harmless((abort: RunningAbort | undefined) => {
  if (abort?.signal.aborted === true) note(abort);
});

/** The cause of the abort of a signal, if it was seen. */
export function causeOfSignal(signal: AbortSignal): CancellationCause | undefined {
  return bySignal.get(signal);
}

/** The cause of the abort that a reason was given to, if it was seen. */
export function causeOfReason(reason: unknown): CancellationCause | undefined {
  for (const abort of running) if (abort.signal.aborted && abort.signal.reason === reason) return note(abort);
  return typeof reason === 'object' && reason !== null ? byReason.get(reason) : undefined;
}

/** Builds the cause, once; the reason is final as soon as the signal reads aborted. */
function note({ signal, at, callSite }: RunningAbort): CancellationCause {
  const known = bySignal.get(signal);
  if (known !== undefined) return known;
  const reason: unknown = signal.reason;
  const parent = isA(CancelledError, reason) ? reason.cause : undefined;
  const cause = new CancellationCause(
    parent === undefined ? reasonOf(reason) : 'parent',
    processState.nextSerial++,
    'AbortController',
    at,
    systemClock,
    {
      message: parent === undefined ? messageOf(reason) : undefined,
      parent,
      callSite,
      spanContext: hooks.spanContext?.(),
    },
  );
  bySignal.set(signal, cause);
  if (typeof reason === 'object' && reason !== null && parent === undefined) byReason.set(reason, cause);
  publish(cause);
  return cause;
}

function publish(cause: CancellationCause): void {
  const { token, reason } = cause;
  const sourceThread = cause.origin.threadName;
  hooks.cancelRequested?.({ token, reason, result: 'accepted', sourceThread, cause });
  hooks.tokenCancelled?.({ token, cause, targets: 1 });
}

/** Only of what Node itself makes are properties read: a getter of the program's would run. */
function reasonOf(reason: unknown): CancellationReason {
  return isA(DOMException, reason) && reason.name === 'TimeoutError' ? 'timeout' : 'abort';
}

const MESSAGE_LIMIT = 256;

function messageOf(reason: unknown): string | undefined {
  const message = isA(Error, reason) ? Object.getOwnPropertyDescriptor(reason, 'message')?.value : reason;
  if (typeof message !== 'string') return undefined;
  return message.length <= MESSAGE_LIMIT ? message : Buffer.from(message.slice(0, MESSAGE_LIMIT)).toString();
}

/** A proxy is not asked: its traps are the program's code. */
function isA<T>(type: abstract new (...args: never[]) => T, value: unknown): value is T {
  return !types.isProxy(value) && value instanceof type;
}

/**
 * The wraps of `AbortController.prototype.abort`, `AbortSignal.timeout` and `AbortSignal.any`.
 *
 * Z13. Each calls the original exactly once with what it was given, and gives back or throws what that did. What it notes
 *      for telemetry is noted behind that, and a failure there is nobody's. Our own tokens' signals are left out: their
 *      cancels are told already.
 */
import { types } from 'node:util';
import { Disposer, systemClock, tokenOfSignal } from '../token/index.ts';
import { duringAbort } from './abort-causes.ts';
import { type Around, type Callee, isPatchedByAnother, patch } from './patch.ts';
import { noteMade } from './signal-origin.ts';
import { stackAbove } from './call-site.ts';
import { harmless, warn } from './warn.ts';

/** Puts the wraps in place; undone when disposed. */
export function startAbortWraps(callSites: boolean): Disposable {
  if (isPatchedByAnother()) {
    warn('another version of cancelscope wraps AbortController already; this one leaves it alone');
    return new Disposer(() => {});
  }
  const patches = [
    patch('abort', AbortController.prototype, 'abort', aroundAbort(callSites)),
    patch('timeout', AbortSignal, 'timeout', aroundTimeout(callSites)),
    patch('any', AbortSignal, 'any', aroundAny(callSites)),
  ];
  return new Disposer(() => {
    for (const each of patches) each[Symbol.dispose]();
  });
}

const SIGNAL = Object.getOwnPropertyDescriptor(AbortController.prototype, 'signal');

function aroundAbort(callSites: boolean): Around {
  return (original, self, args, callee) => {
    const signal = signalToAbort(self);
    if (signal === undefined) return Reflect.apply(original, self, args);
    const callSite = callSites ? stackAbove(callee) : undefined;
    return duringAbort(signal, callSite, () => Reflect.apply(original, self, args));
  };
}

/** The signal that an abort of `self` would abort; undefined when there is nothing to note. */
function signalToAbort(self: unknown): AbortSignal | undefined {
  try {
    const signal = SIGNAL?.get?.call(self) as AbortSignal;
    return signal.aborted || tokenOfSignal(signal) !== undefined ? undefined : signal;
  } catch {
    return undefined; // no controller: the original says so
  }
}

function aroundTimeout(callSites: boolean): Around {
  const note = harmless((signal: AbortSignal, delay: unknown, callee: Callee) => {
    const callSite = callSites ? stackAbove(callee) : undefined;
    noteMade(signal, { madeAt: wallTime(), callSite, delayMs: typeof delay === 'number' ? delay : NaN });
  });
  return (original, self, args, callee) => {
    const signal = Reflect.apply(original, self, args) as AbortSignal;
    note(signal, args[0], callee);
    return signal;
  };
}

function aroundAny(callSites: boolean): Around {
  const note = harmless((signal: AbortSignal, from: unknown, callee: Callee) => {
    const callSite = callSites ? stackAbove(callee) : undefined;
    noteMade(signal, { madeAt: wallTime(), callSite, sources: sourcesIn(from) });
  });
  return (original, self, args, callee) => {
    const signal = Reflect.apply(original, self, args) as AbortSignal;
    note(signal, args[0], callee);
    return signal;
  };
}

/** Of a plain array only: walking anything else is the program's code, and a generator can be walked once. */
function sourcesIn(from: unknown): WeakRef<AbortSignal>[] {
  const sources: WeakRef<AbortSignal>[] = [];
  if (!Array.isArray(from) || types.isProxy(from)) return sources;
  for (let index = 0; index < from.length; index++) sources.push(new WeakRef(from[index] as AbortSignal));
  return sources;
}

function wallTime(): number {
  return systemClock.toWallTime(systemClock.now());
}

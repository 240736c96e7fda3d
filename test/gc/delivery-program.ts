/**
 * Cancels under pressure of the garbage collector, on the Node that runs it (T10). Prints how many of 200 deadlines
 * reached a listener that nothing else holds, and how many of 50 delivered aborts were forgotten. Real timers: it is
 * the platform that forgets.
 */
import { CancellationToken, isCancelled, openScope, type Scope, systemClock } from '../../src/index.ts';

const DEADLINES = 200;
const DELIVERED = 50;
const LONGEST_MS = 120;

const { gc } = globalThis;
if (gc === undefined) throw new Error('start Node with --expose-gc');

let fired = 0;
const scopes: Scope[] = [];

/** Ways to make a composite with a deadline; only its signal is given back, and nobody keeps that. */
const COMPOSITES: readonly ((delayMs: number) => AbortSignal)[] = [
  (delayMs) => CancellationToken.any([AbortSignal.timeout(delayMs)]).signal,
  (delayMs) => CancellationToken.any([CancellationToken.any([AbortSignal.timeout(delayMs)]), never]).child().signal,
  (delayMs) => CancellationToken.all([AbortSignal.timeout(delayMs), AbortSignal.timeout(1)]).readonly().signal,
  (delayMs) => {
    const token = new CancellationToken();
    systemClock.setTimer(() => token.cancel('timeout'), delayMs);
    return CancellationToken.any([token, never]).signal;
  },
  (delayMs) => {
    const scope = openScope('work', { timeoutMs: delayMs, detached: true });
    scopes.push(scope);
    return CancellationToken.any([scope.token.child()]).signal;
  },
];
const never = new CancellationToken();

function startDeadlines(): void {
  for (let index = 0; index < DEADLINES; index++) {
    const make = COMPOSITES[index % COMPOSITES.length] as (delayMs: number) => AbortSignal;
    make(5 + Math.floor((index * LONGEST_MS) / DEADLINES)).addEventListener('abort', () => fired++, { once: true });
  }
}

/** Tells whether one cancelled token, or its signal, reads cancelled. */
type Reading = () => boolean;

/** What derives from sources that aborted and that nobody keeps: of some only the token is kept, of some only the signal. */
function deliverAborts(): Reading[] {
  return Array.from({ length: DELIVERED }, (_, index) => {
    const controller = new AbortController();
    const platform = AbortSignal.any([controller.signal]);
    const source = new CancellationToken();
    const derived = CancellationToken.any(index % 2 === 0 ? [source, platform] : [source]);
    const reading = index % 3 === 0 ? signalReading(derived.signal) : tokenReading(derived);
    if (index % 2 === 0) controller.abort();
    else source.cancel();
    return reading;
  });
}

function signalReading(signal: AbortSignal): Reading {
  return () => signal.aborted && isCancelled(signal.reason);
}

function tokenReading(token: CancellationToken): Reading {
  return () => token.isCancelled && token.signal.aborted && token.cause?.root !== undefined;
}

/** Collects every few milliseconds until all deadlines have fired, or long after the last one was due. */
async function underPressure(): Promise<void> {
  const giveUpAt = performance.now() + 40 * LONGEST_MS;
  while (fired < DEADLINES && performance.now() < giveUpAt) {
    gc?.();
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

startDeadlines();
const delivered = deliverAborts();
await underPressure();
for (const scope of scopes) scope.close();
console.log(JSON.stringify({ fired, forgotten: delivered.filter((reads) => !reads()).length }));

/**
 * Triggers of resource bounds.
 *
 * R6. A bound has to be passed by every sample for `sustainedMs`; one sample under it starts the count again.
 */
import { Disposer } from '../disposer.ts';
import type { Clock, Timer } from '../clock.ts';
import { checkedMs } from '../deadline.ts';
import { InvalidArgumentError } from '../errors.ts';
import type { NamedTrigger } from '../trigger.ts';

/** How a bound is watched. */
export interface BoundOptions {
  /** From one sample to the next, in ms; default 1,000. */
  readonly intervalMs?: number;
  /** How long the bound has to be passed, in ms (R6); default 0: the first sample counts. */
  readonly sustainedMs?: number;
}

/** Options of {@link memory}; at least one bound. */
export interface MemoryOptions extends BoundOptions {
  /** Most resident memory of the process, in bytes. */
  readonly rssBytes?: number;
  /** Most heap in use, in bytes. */
  readonly heapUsedBytes?: number;
  /** How memory is read; default `process.memoryUsage`. */
  readonly sample?: () => { readonly rss: number; readonly heapUsed: number };
}

/** Cancels with `condition` when memory stays over a bound. */
export function memory(options: MemoryOptions): NamedTrigger {
  const rssBytes = options.rssBytes ?? Infinity;
  const heapUsedBytes = options.heapUsedBytes ?? Infinity;
  if (rssBytes === Infinity && heapUsedBytes === Infinity) {
    throw new InvalidArgumentError('options', 'given rssBytes or heapUsedBytes', options);
  }
  const sample = options.sample ?? process.memoryUsage;
  return bound('memory', options, () => {
    const { rss, heapUsed } = sample();
    if (rss > rssBytes) return `resident memory ${rss} bytes, bound ${rssBytes}`;
    return heapUsed > heapUsedBytes ? `heap ${heapUsed} bytes, bound ${heapUsedBytes}` : undefined;
  });
}

/** Options of {@link eventLoopLag}. */
export interface EventLoopLagOptions extends BoundOptions {
  /** How late a timer may be, in ms. */
  readonly lagMs: number;
}

/** Cancels with `condition` when the event loop lets timers run later than `lagMs`. */
export function eventLoopLag(options: EventLoopLagOptions): NamedTrigger {
  const lagMs = checkedMs('lagMs', options.lagMs);
  return bound('eventLoopLag', options, (lateMs) =>
    lateMs > lagMs ? `a timer was ${Math.round(lateMs)} ms late, bound ${lagMs}` : undefined,
  );
}

/** Samples until `exceeded` has had something to say for long enough. It is told how late its own timer was. */
function bound(name: string, options: BoundOptions, exceeded: (lateMs: number) => string | undefined): NamedTrigger {
  const intervalMs = checkedMs('intervalMs', options.intervalMs ?? 1_000);
  const sustainedMs = checkedMs('sustainedMs', options.sustainedMs ?? 0);
  if (intervalMs <= 0) throw new InvalidArgumentError('intervalMs', 'more than 0', intervalMs);
  return {
    name,
    start(cancel, { clock, report }) {
      let since: number | undefined;
      const sampling = every(intervalMs, clock, (lateMs) => {
        let what: string | undefined;
        try {
          what = exceeded(lateMs);
        } catch (error) {
          report(error);
        }
        const now = clock.now();
        since = what === undefined ? undefined : (since ?? now); // R6
        if (what === undefined || now - (since as number) < sustainedMs) return;
        sampling[Symbol.dispose]();
        cancel('condition', what);
      });
      return sampling;
    },
  };
}

function every(intervalMs: number, clock: Clock, tick: (lateMs: number) => void): Disposable {
  let timer: Timer;
  const arm = (): void => {
    const dueAt = clock.now() + intervalMs;
    timer = clock.setTimer(() => {
      const lateMs = clock.now() - dueAt;
      arm();
      tick(lateMs);
    }, intervalMs);
  };
  arm();
  return new Disposer(() => timer.clear());
}

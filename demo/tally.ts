/**
 * The tally: a monitor of a service's own, which counts what the summary shows.
 */
import { CANCELLATION_REASONS, type CancellationReason, type Monitor, type ScopeOutcome } from './cancelscope.ts';

const LATENCIES_KEPT = 500;

/** What is known of one reason. */
export interface ReasonCount {
  readonly reason: CancellationReason;
  /** Calls of cancel with it that won. */
  readonly cancels: number;
  /** Scopes that ended because of it, those below the one it was meant for included. */
  readonly scopes: number;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/** What has been counted so far. */
export interface TallyReading {
  /** Reasons that came up, in the order of the documents. `parent` is none of them: it always has another behind it. */
  readonly reasons: readonly ReasonCount[];
  readonly cancelled: number;
  /** Cancelled scopes that were cancelled together with one around them. */
  readonly withParent: number;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
  readonly opened: number;
  readonly outcomes: Readonly<Partial<Record<ScopeOutcome, number>>>;
  readonly redundant: number;
  readonly late: number;
  readonly slow: number;
  readonly zombies: number;
  readonly disconnects: number;
  readonly listenerErrors: number;
  /** How long cancels waited behind shields, in ms. */
  readonly shieldedMs: number;
  /** How long cancelled scopes had worked for nothing, in ms, before and after their cancel. */
  readonly wastedMs: number;
}

/** A monitor to register, and what it has counted. */
export interface Tally {
  readonly monitor: Monitor;
  read(): TallyReading;
}

/** Counts from now on. */
export function createTally(): Tally {
  const cancels = new Map<string, number>();
  const latencies = new Map<string, Latencies>();
  const all = new Latencies();
  const outcomes: Partial<Record<ScopeOutcome, number>> = {};
  const count = { withParent: 0, opened: 0, redundant: 0, late: 0, slow: 0, zombies: 0, disconnects: 0 };
  const more = { listenerErrors: 0, shieldedMs: 0, wastedMs: 0 };

  const monitor: Monitor = {
    name: 'tally',
    scopeOpened: () => void count.opened++,
    cancelRequested({ reason, result }) {
      if (result === 'accepted') cancels.set(reason, (cancels.get(reason) ?? 0) + 1);
      else count[result]++;
    },
    scopeSettled(scope, { outcome, settledAt, cause, phases }) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (cause === undefined || phases === undefined) return;
      const { reason } = cause.root;
      let latency = latencies.get(reason);
      if (latency === undefined) latencies.set(reason, (latency = new Latencies()));
      latency.add(settledAt - phases.requestedAt);
      all.add(settledAt - phases.requestedAt);
      if (cause.reason === 'parent') count.withParent++;
      more.wastedMs += settledAt - scope.openedAt;
    },
    cancelSlow: () => void count.slow++,
    zombieDetected: () => void count.zombies++,
    clientDisconnected: () => void count.disconnects++,
    listenerFailed: () => void more.listenerErrors++,
    shieldLeft: (_scope, { deferredMs }) => void (more.shieldedMs += deferredMs),
  };

  return {
    monitor,
    read: () => ({
      reasons: CANCELLATION_REASONS.flatMap((reason) => {
        const latency = latencies.get(reason);
        if (latency === undefined) return [];
        return { reason, cancels: cancels.get(reason) ?? 0, scopes: latency.count, ...latency.percentiles() };
      }),
      cancelled: all.count,
      ...all.percentiles(),
      outcomes: { ...outcomes },
      ...count,
      ...more,
    }),
  };
}

/** The last latencies, in ms, and how many there were. */
class Latencies {
  count = 0;
  readonly #last: number[] = [];

  add(ms: number): void {
    this.#last[this.count++ % LATENCIES_KEPT] = ms;
  }

  percentiles(): { p50Ms: number | undefined; p99Ms: number | undefined } {
    const sorted = this.#last.toSorted((a, b) => a - b);
    const at = (share: number): number | undefined => sorted[Math.ceil(sorted.length * share) - 1];
    return { p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}

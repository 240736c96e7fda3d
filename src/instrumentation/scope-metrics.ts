/**
 * Scope metrics: the instruments of one scope name, and what a scope's events add to them.
 *
 * SM1. Labels are resolved once a name: an open and a settle are a few additions and bucket searches.
 * SM2. Latency is from request to settle, for every scope that was cancelled, whatever its outcome; an abandoned one
 *      counts with the time until it was given up, so that counts balance.
 * SM3. A cancel that is older than its scope counts from the opening: the scope could not have stopped before.
 * SM4. The reason is the root's: it is what somebody can act on.
 * SM5. The share of its deadline used is that of completed scopes: how near success is to running out of time. One that
 *      timed out has used it all by definition, and would hide the others; when one was cancelled or failed says nothing.
 */
import type {
  CancelAcknowledged,
  CancellationCause,
  CancelPhases,
  ScopeInfo,
  ScopeOutcome,
  ScopeSettled,
  SpanContextData,
  WorkerEndStep,
} from '../token/index.ts';
import { hooks, SCOPE_OUTCOMES } from '../token/index.ts';
import type { BoundCounter, BoundHistogram, MetricsBackend } from './instruments.ts';
import { reasonLabel } from './label-bounds.ts';
import { Memo } from './memo.ts';
import type { Samples } from './samples.ts';
import { METRICS } from './telemetry-table.ts';

/** The instruments of one way to end. */
interface OutcomeMetrics {
  readonly settled: BoundCounter;
  duration: BoundHistogram | undefined;
}

/** All instruments of one scope name. */
export class ScopeMetrics {
  /** The name, as a label value. */
  readonly label: string;
  readonly #backend: MetricsBackend;
  readonly #samples: Samples;
  readonly #opened: BoundCounter;
  readonly #outcomes: Memo<ScopeOutcome, OutcomeMetrics>;
  readonly #latency: Memo<string, BoundHistogram>;
  readonly #slow: Memo<string, BoundCounter>;
  readonly #discarded: BoundCounter;
  readonly #afterCancel: BoundCounter;
  #acknowledge: BoundHistogram | undefined;
  #deadlineUsed: BoundHistogram | undefined;
  #shield: BoundHistogram | undefined;
  #listenerErrors: BoundCounter | undefined;
  #workerEnds: Memo<WorkerEndStep, BoundCounter> | undefined;

  constructor(label: string, backend: MetricsBackend, samples: Samples) {
    this.label = label;
    this.#backend = backend;
    this.#samples = samples;
    this.#opened = backend.bindCounter(METRICS.scopesOpened, [label]);
    this.#outcomes = new Memo((outcome) => ({
      settled: backend.bindCounter(METRICS.scopesSettled, [label, outcome]),
      duration: undefined,
    }));
    this.#latency = new Memo((reason) => backend.bindHistogram(METRICS.latency, [label, reason]));
    this.#slow = new Memo((reason) => backend.bindCounter(METRICS.slow, [label, reason]));
    this.#discarded = backend.bindCounter(METRICS.wasted, [label, 'discarded']);
    this.#afterCancel = backend.bindCounter(METRICS.wasted, [label, 'after_cancel']);
    // All at once: a counter that appears with its first 1 shows no increase to `rate()`.
    for (const outcome of SCOPE_OUTCOMES) this.#outcomes.of(outcome);
  }

  /** A scope opened. */
  opened(): void {
    this.#opened.add(1);
  }

  /** A scope ended. */
  settled(scope: ScopeInfo, event: ScopeSettled): void {
    const { openedAt, deadline } = scope;
    const { outcome, settledAt, cause, phases } = event;
    const metrics = this.#outcomes.of(outcome);
    metrics.settled.add(1);
    metrics.duration ??= this.#backend.bindHistogram(METRICS.scopeDuration, [this.label, outcome]);
    this.#samples.recordTime(metrics.duration, openedAt, settledAt);
    // SM5
    if (outcome === 'completed' && deadline > openedAt && deadline < Number.POSITIVE_INFINITY) {
      this.#deadlineUsed ??= this.#backend.bindHistogram(METRICS.deadlineUsed, [this.label]);
      this.#samples.record(this.#deadlineUsed, (settledAt - openedAt) / (deadline - openedAt));
    }
    if (cause !== undefined && phases !== undefined) this.#cancelled(scope, settledAt, cause, phases);
  }

  /** A scope's code reacted to its cancel. */
  acknowledged({ requestedAt, deliveredAt, acknowledgedAt }: CancelAcknowledged): void {
    if (!this.#samples.inOrder(requestedAt, deliveredAt, acknowledgedAt, acknowledgedAt)) return;
    this.#acknowledge ??= this.#backend.bindHistogram(METRICS.acknowledge, [this.label]);
    this.#samples.recordTime(this.#acknowledge, deliveredAt, acknowledgedAt);
  }

  /** A cancelled scope passed the slow threshold. */
  slow(cause: CancellationCause): void {
    this.#slow.of(reasonLabel(cause.root.reason)).add(1);
  }

  /** An abandoned body ended; what it did until it was given up is counted already. */
  zombieEnded(abandonedAt: number, endedAt: number): void {
    this.#samples.addTime(this.#afterCancel, abandonedAt, endedAt);
  }

  /** A cancel waited this long behind a shield. */
  shielded(deferredMs: number): void {
    this.#shield ??= this.#backend.bindHistogram(METRICS.shield, [this.label]);
    this.#samples.recordTime(this.#shield, 0, deferredMs);
  }

  /** Work on another thread ended. */
  workerEnded(step: WorkerEndStep): void {
    this.#workerEnds ??= new Memo((step) => this.#backend.bindCounter(METRICS.workerEnds, [this.label, step]));
    this.#workerEnds.of(step).add(1);
  }

  /** A listener, trigger or disposer failed. */
  listenerFailed(): void {
    this.#listenerErrors ??= this.#backend.bindCounter(METRICS.listenerErrors, [this.label]);
    this.#listenerErrors.add(1);
  }

  #cancelled(scope: ScopeInfo, settledAt: number, cause: CancellationCause, phases: CancelPhases): void {
    const { requestedAt, deliveredAt, acknowledgedAt = deliveredAt } = phases;
    if (!this.#samples.inOrder(requestedAt, deliveredAt, acknowledgedAt, settledAt)) return;
    const { openedAt } = scope;
    const from = Math.max(requestedAt, openedAt); // SM3
    const { root } = cause;
    const latency = this.#latency.of(reasonLabel(root.reason)); // SM4
    this.#samples.recordTime(latency, from, settledAt, exemplarOf(scope, cause, root));
    this.#samples.addTime(this.#discarded, openedAt, from);
    this.#samples.addTime(this.#afterCancel, from, settledAt);
  }
}

/** The trace position of the scope's own span, or else of its canceller. */
function exemplarOf(scope: ScopeInfo, cause: CancellationCause, root: CancellationCause): SpanContextData | undefined {
  return hooks.spanContext?.(scope) ?? cause.spanContext ?? root.spanContext;
}

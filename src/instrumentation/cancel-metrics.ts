/**
 * Cancel metrics: who asked, how a cancel travelled, and how far.
 *
 * CM1. Thread names and pairs of scope names are bounded like scope names are.
 * CM2. An edge over a boundary has a counter for every result at once: one that appears with its first 1 shows no
 *      increase to `rate()`. What stays in its thread can be neither late nor lost, and has none for that.
 */
import type {
  Boundary,
  CancelDelivered,
  CancelRequested,
  DeadlineFired,
  Propagated,
  RequestResult,
  ScopeInfo,
  TokenCancelled,
} from '../token/index.ts';
import type { BoundCounter, BoundHistogram, MetricsBackend } from './instruments.ts';
import { BoundedLabels, EDGES_MAX, methodLabel, reasonLabel, SOURCE_THREADS_MAX } from './label-bounds.ts';
import { lossyBoundaries } from './lossy-boundaries.ts';
import { Memo } from './memo.ts';
import type { ClientDisconnected, ShutdownPhaseEnded } from './monitor.ts';
import type { Samples } from './samples.ts';
import { METRICS, OTHER } from './telemetry-table.ts';

/** The instruments of one source thread. */
interface ThreadMetrics {
  readonly requests: Memo<string, Memo<RequestResult, BoundCounter>>;
  readonly delivery: Memo<Boundary, BoundHistogram>;
}

/** The instruments of one phase of a shutdown. */
interface ShutdownMetrics {
  readonly duration: BoundHistogram;
  readonly requests: BoundHistogram;
  readonly scopes: BoundHistogram;
}

/** What can become of a cancel over a boundary. */
const RESULTS = ['delivered', 'late', 'dropped'] as const satisfies readonly Propagated['result'][];

/** The counters of one pair of scope names. */
type Edge = Memo<Boundary, Memo<Propagated['result'], BoundCounter>>;

/** All instruments that are not of one scope name. */
export class CancelMetrics {
  readonly #backend: MetricsBackend;
  readonly #samples: Samples;
  readonly #threads: BoundedLabels<ThreadMetrics>;
  readonly #edges = new Map<string, Map<string, Edge>>();
  readonly #otherEdge: Edge;
  readonly #width: Memo<string, BoundHistogram>;
  readonly #disconnects: Memo<string, Memo<string, BoundCounter>>;
  readonly #shutdown: Memo<string, ShutdownMetrics>;
  readonly #deadlineLag: BoundHistogram;
  #edgeRoom = EDGES_MAX;

  constructor(backend: MetricsBackend, samples: Samples) {
    this.#backend = backend;
    this.#samples = samples;
    this.#threads = new BoundedLabels(SOURCE_THREADS_MAX, (thread) => ({
      requests: new Memo(
        (reason) => new Memo((result) => backend.bindCounter(METRICS.requests, [reason, thread, result])),
      ),
      delivery: new Memo((boundary) => backend.bindHistogram(METRICS.delivery, [boundary, thread])),
    }));
    this.#width = new Memo((reason) => backend.bindHistogram(METRICS.propagationWidth, [reason]));
    this.#disconnects = new Memo(
      (method) => new Memo((phase) => backend.bindCounter(METRICS.httpDisconnects, [method, phase])),
    );
    this.#shutdown = new Memo((phase) => ({
      duration: backend.bindHistogram(METRICS.shutdownPhase, [phase]),
      requests: backend.bindHistogram(METRICS.shutdownLeft, [phase, 'request']),
      scopes: backend.bindHistogram(METRICS.shutdownLeft, [phase, 'scope']),
    }));
    this.#deadlineLag = backend.bindHistogram(METRICS.deadlineLag, []);
    this.#otherEdge = this.#edge(OTHER, OTHER);
  }

  /** Somebody called `cancel`. */
  requested(event: CancelRequested): void {
    this.#threads.of(event.sourceThread).requests.of(reasonLabel(event.reason)).of(event.result).add(1);
  }

  /** A cancel won. */
  reached(event: TokenCancelled): void {
    this.#samples.record(this.#width.of(reasonLabel(event.cause.root.reason)), event.targets);
  }

  /** A scope reads cancelled from now on. One opened under an older cancel counts from its opening. */
  delivered(scope: ScopeInfo, event: CancelDelivered): void {
    const delivery = this.#threads.of(event.sourceThread).delivery.of(event.boundary);
    this.#samples.recordTime(delivery, Math.max(event.requestedAt, scope.openedAt), event.deliveredAt);
  }

  /** A cancel went from scope to scope; their names as label values. */
  propagated(source: string, target: string, { boundary, result }: Propagated): void {
    this.#edgeOf(source, target).of(boundary).of(result).add(1);
  }

  /** A scope name is new, as a label value. Its cancels may get lost, and to whom is not known. */
  mayLose(source: string): void {
    // LO1
    for (const boundary of lossyBoundaries()) {
      for (const edge of [this.#otherEdge, this.#edgeOf(source, OTHER)]) edge.of(boundary);
    }
  }

  /** A deadline ran out. */
  deadlineFired(event: DeadlineFired): void {
    this.#samples.recordTime(this.#deadlineLag, event.dueAt, event.firedAt);
  }

  /** A client went away. */
  disconnected(event: ClientDisconnected): void {
    this.#disconnects.of(methodLabel(event.method)).of(event.phase).add(1);
  }

  /** A phase of a shutdown is over. */
  shutdownPhaseEnded({ phase, startedAt, endedAt, requestsLeft, scopesLeft }: ShutdownPhaseEnded): void {
    const { duration, requests, scopes } = this.#shutdown.of(phase);
    this.#samples.recordTime(duration, startedAt, endedAt);
    this.#samples.record(requests, requestsLeft);
    this.#samples.record(scopes, scopesLeft);
  }

  #edgeOf(source: string, target: string): Edge {
    let targets = this.#edges.get(source);
    if (targets === undefined) this.#edges.set(source, (targets = new Map()));
    const found = targets.get(target);
    if (found !== undefined) return found;
    if (this.#edgeRoom === 0 || (source === OTHER && target === OTHER)) return this.#otherEdge; // CM1
    this.#edgeRoom--;
    const edge = this.#edge(source, target);
    targets.set(target, edge);
    return edge;
  }

  #edge(source: string, target: string): Edge {
    return new Memo((boundary) => {
      const results = new Memo((result: Propagated['result']) =>
        this.#backend.bindCounter(METRICS.propagations, [source, target, boundary, result]),
      );
      if (boundary !== 'local') for (const result of RESULTS) results.of(result); // CM2
      return results;
    });
  }
}

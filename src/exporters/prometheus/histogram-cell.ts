/**
 * Histogram cell: one series of a histogram. An update is a bucket search and two additions.
 *
 * HC1. Buckets are counted apart and added up when read: `le` is cumulative, an update is not.
 * HC2. Each bucket keeps the latest exemplar that fell into it, if the span was sampled: another one leads nowhere.
 */
import type { BoundHistogram } from '../../instrumentation/index.ts';
import type { SpanContextData } from '../../token/index.ts';

/** A sample that leads to a trace, as both client packages print it. */
export interface Exemplar {
  readonly labelSet: { readonly trace_id: string; readonly span_id: string };
  readonly value: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** Makes an exemplar of a sample, or nothing. */
export type ExemplarMaker = (value: number, span: SpanContextData) => Exemplar | undefined;

/** One series of a histogram. */
export class HistogramCell implements BoundHistogram {
  readonly #bounds: readonly number[];
  /** One count a bucket, one for what is above all bounds, and the sum of all values. */
  readonly #counts: Float64Array;
  readonly #makeExemplar: ExemplarMaker | undefined;
  #exemplars: (Exemplar | undefined)[] = [];

  /** @param makeExemplar - Left out for a metric without exemplars. */
  constructor(bounds: readonly number[], makeExemplar: ExemplarMaker | undefined) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 2);
    this.#makeExemplar = makeExemplar;
  }

  record(value: number, span?: SpanContextData): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++;
    this.#counts[bucket]! += 1;
    this.#counts[bounds.length + 1]! += value;
    if (span !== undefined && this.#makeExemplar !== undefined) {
      this.#exemplars[bucket] = this.#makeExemplar(value, span) ?? this.#exemplars[bucket]; // HC2
    }
  }

  /** How many samples fell into bucket `index`; the one after the last bound holds the rest (HC1). */
  countIn(index: number): number {
    return this.#counts[index]!;
  }

  /** The exemplar of bucket `index`. */
  exemplarOf(index: number): Exemplar | undefined {
    return this.#exemplars[index];
  }

  /** All values added up. */
  get sum(): number {
    return this.#counts[this.#bounds.length + 1]!;
  }

  /** Back to 0, as the registry's `resetMetrics` asks. */
  reset(): void {
    this.#counts.fill(0);
    this.#exemplars = [];
  }
}

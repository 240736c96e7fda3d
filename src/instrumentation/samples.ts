/**
 * Samples: the gate every measured value passes on its way to an instrument.
 *
 * SA1. A value that is no finite number of 0 or more is dropped and counted: one NaN would poison a series for good.
 * SA2. The instants of one cancel must be in order; if they are not, its sample is dropped and counted.
 */
import type { SpanContextData } from '../token/index.ts';
import type { BoundCounter, BoundHistogram } from './instruments.ts';

/** Lets good samples through and counts the others. */
export class Samples {
  #dropped = 0;

  /** How many were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Records the time from one instant, in ms, to another, in seconds. */
  recordTime(histogram: BoundHistogram, fromMs: number, toMs: number, exemplar?: SpanContextData): void {
    this.record(histogram, (toMs - fromMs) / 1000, exemplar);
  }

  /** Records a value. */
  record(histogram: BoundHistogram, value: number, exemplar?: SpanContextData): void {
    if (this.#accepts(value)) histogram.record(value, exemplar);
  }

  /** Adds the time from one instant, in ms, to another, in seconds. */
  addTime(counter: BoundCounter, fromMs: number, toMs: number): void {
    const seconds = (toMs - fromMs) / 1000;
    if (this.#accepts(seconds)) counter.add(seconds);
  }

  /** Whether these instants, in ms, are in order (SA2); if not, one sample counts as dropped. */
  inOrder(first: number, second: number, third: number, fourth: number): boolean {
    if (first <= second && second <= third && third <= fourth) return true;
    this.#dropped++;
    return false;
  }

  /** Counts one sample that could not be taken. */
  drop(): void {
    this.#dropped++;
  }

  #accepts(value: number): boolean {
    if (value >= 0 && value < Number.POSITIVE_INFINITY) return true; // SA1
    this.#dropped++;
    return false;
  }
}

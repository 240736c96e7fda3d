/**
 * Scope record: what is remembered of one open scope.
 *
 * T1. One anchor a scope: its opening on the wall clock, read once. So the instants of one scope keep their order and
 *     their distances, whatever the wall clock does meanwhile.
 */
import { type Context, type HrTime, type Span, trace } from '@opentelemetry/api';
import type { ScopeInfo } from '../../token/index.ts';
import { hrTime } from './hr-time.ts';

/** One open scope. */
export class ScopeRecord {
  /** The context that was active where the scope was opened. */
  readonly base: Context;
  #context: Context;
  #span: Span | undefined;
  #anchor: number | undefined;

  constructor(base: Context) {
    this.base = base;
    this.#context = base;
  }

  /** Its span; undefined until it has one. */
  get span(): Span | undefined {
    return this.#span;
  }

  /** The context of what belongs to the scope: {@link base}, with its span in it if it has one. */
  get context(): Context {
    return this.#context;
  }

  /** Gives it its span. */
  setSpan(span: Span): void {
    this.#span = span;
    this.#context = trace.setSpan(this.base, span);
  }

  /** The reading `at` of the clock of `scope`, whose record this is (T1). */
  timeOf(scope: ScopeInfo, at: number): HrTime {
    this.#anchor ??= scope.openedWallTime - scope.openedAt;
    return hrTime(this.#anchor + at);
  }
}

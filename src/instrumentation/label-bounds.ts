/**
 * Label bounds: how text from outside becomes one of a bounded number of label values.
 *
 * LB1. A value is `[a-z0-9_.:/{}-]{1,64}`: the text in lower case, any other character a `_`, the rest cut off.
 * LB2. At most `max` distinct values; whatever comes later is `_OTHER`. First come, first kept.
 * LB3. The resolver itself is bounded: it remembers {@link TEXTS_REMEMBERED} texts, and works out the others each time.
 * LB4. A remembered text costs one Map lookup, and allocates nothing.
 */
import { CANCELLATION_REASONS } from '../token/index.ts';
import { OTHER } from './telemetry-table.ts';

/** How many distinct scope names become label values, unless told otherwise. */
export const SCOPE_NAMES_MAX = 50;
/** How many thread names do. */
export const SOURCE_THREADS_MAX = 20;
/** How many monitor names do. */
export const MONITOR_NAMES_MAX = 20;
/** How many pairs of scope names do, in the flow of cancels. */
export const EDGES_MAX = 500;

const VALUE_LENGTH = 64;
const TEXTS_REMEMBERED = 1_000;
const REMEMBERED_LENGTH = 256;

/** `text` as a label value (LB1); `_OTHER` when there is none to be made of it. */
export function labelValue(text: unknown): string {
  if (typeof text !== 'string' || text === '' || text === OTHER) return OTHER;
  return text
    .slice(0, VALUE_LENGTH)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.:/{}-]/g, '_')
    .slice(0, VALUE_LENGTH); // again: some letters grow in lower case
}

/** One `T` for each of a bounded number of label values, made when the value is first met. */
export class BoundedLabels<T extends object | string> {
  readonly #make: (value: string) => T;
  readonly #byText = new Map<string, T>();
  readonly #byValue = new Map<string, T>();
  #room: number;

  /**
   * @param max - Distinct values, `_OTHER` not counted; an integer, 0 or more.
   * @param make - Called once for each value.
   */
  constructor(max: number, make: (value: string) => T) {
    this.#room = max;
    this.#make = make;
  }

  /** What belongs to `text`: the same for every text that gives the same value. */
  of(text: string): T {
    return this.#byText.get(text) ?? this.#resolve(text);
  }

  /** Everything made so far; at most `max` + 1. */
  all(): Iterable<T> {
    return this.#byValue.values();
  }

  #resolve(text: string): T {
    const found = this.#ofValue(labelValue(text));
    if (this.#byText.size < TEXTS_REMEMBERED && text.length <= REMEMBERED_LENGTH) this.#byText.set(text, found); // LB3
    return found;
  }

  #ofValue(value: string): T {
    const found = this.#byValue.get(value);
    if (found !== undefined) return found;
    if (value !== OTHER) {
      if (this.#room === 0) return this.#ofValue(OTHER); // LB2
      this.#room--;
    }
    const made = this.#make(value);
    this.#byValue.set(value, made);
    return made;
  }
}

const METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
]);

/** An HTTP method as a label value: a standard one, or `_OTHER`. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : OTHER;
}

const REASONS: ReadonlySet<string> = new Set(CANCELLATION_REASONS);

/** A reason as a label value: a known one, or `_OTHER` for one of a later version. */
export function reasonLabel(reason: string): string {
  return REASONS.has(reason) ? reason : OTHER;
}

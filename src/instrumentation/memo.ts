/**
 * Memo: one value for each key of a closed set, made on first use.
 *
 * It never forgets: keys must come from a closed or bounded set.
 */
export class Memo<K, V extends object> {
  readonly #made = new Map<K, V>();
  readonly #make: (key: K) => V;

  constructor(make: (key: K) => V) {
    this.#make = make;
  }

  /** The value of `key`. */
  of(key: K): V {
    const found = this.#made.get(key);
    if (found !== undefined) return found;
    const made = this.#make(key);
    this.#made.set(key, made);
    return made;
  }
}

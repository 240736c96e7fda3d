/**
 * Random numbers that a seed repeats.
 */

/** A source of random choices. */
export interface Random {
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  /** `items` in a new order. */
  shuffled<T>(items: readonly T[]): T[];
}

/** The same seed gives the same choices, in the same order. */
export function createRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1; // xorshift never leaves 0
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    between,
    shuffled(items) {
      const rest = [...items];
      return items.map(() => rest.splice(between(0, rest.length - 1), 1)[0] as (typeof items)[number]);
    },
  };
}

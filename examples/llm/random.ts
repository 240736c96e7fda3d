/**
 * Random numbers that a seed repeats.
 */

/** Gives whole numbers from 1 to `most`; the same seed gives the same ones. */
export function createDice(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    // The splitmix step: an odd constant added, then the bits mixed.
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return 1 + (((mixed ^ (mixed >>> 15)) >>> 0) % most);
  };
}

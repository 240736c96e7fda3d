import * as fc from 'fast-check';

/** Sets the seed of a file's properties, and prints it; `FAST_CHECK_SEED` repeats a run. */
export function fastCheckSeed(what: string): void {
  const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${what}: seed ${seed}\n`);
  fc.configureGlobal({ seed });
}

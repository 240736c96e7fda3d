import type { Clock } from '../../src/index.ts';

/** Resolves when `ms` have passed on `clock`. */
export function sleepOn(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(resolve, ms);
  });
}

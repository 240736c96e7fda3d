/**
 * A length of time to wait for, beside something else.
 */
import type { Clock } from '../../token/index.ts';

/** A time on its way. */
export interface Timeout {
  /** Resolves when it is over; never, once cleared. */
  readonly passed: Promise<void>;
  readonly isOver: boolean;
  clear(): void;
}

export function timeout(clock: Clock, ms: number): Timeout {
  let isOver = false;
  let end = (): void => {};
  const passed = new Promise<void>((resolve) => {
    end = () => {
      isOver = true;
      resolve();
    };
  });
  const timer = clock.setTimer(end, ms);
  return {
    passed,
    get isOver() {
      return isOver;
    },
    clear: () => timer.clear(),
  };
}

import { type VirtualClock, virtualClock } from '../../src/testing/index.ts';

/** A virtual clock on which time can pass without any timer getting a turn, as when the event loop is blocked. */
export interface BusyClock extends VirtualClock {
  block(ms: number): void;
}

export function busyClock(): BusyClock {
  const clock = virtualClock();
  let blocked = 0;
  return {
    now: () => clock.now() + blocked,
    toMonotonicNs: (reading) => clock.toMonotonicNs(reading),
    toWallTime: (reading) => clock.toWallTime(reading),
    setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs),
    advance: (ms) => clock.advance(ms),
    block(ms) {
      blocked += ms;
    },
    get pendingTimers() {
      return clock.pendingTimers;
    },
  };
}

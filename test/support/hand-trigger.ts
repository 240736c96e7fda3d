import type { NamedTrigger, TriggerCancel } from '../../src/index.ts';

/** A trigger that a test fires by hand, and that counts what is done with it. */
export interface HandTrigger extends NamedTrigger {
  readonly fire: TriggerCancel;
  readonly started: number;
  readonly disposed: number;
}

export function handTrigger(name: string): HandTrigger {
  let cancel: TriggerCancel | undefined;
  let started = 0;
  let disposed = 0;
  return {
    name,
    start(given) {
      started++;
      cancel = given;
      return { [Symbol.dispose]: () => void disposed++ };
    },
    fire: (...why) => cancel?.(...why),
    get started() {
      return started;
    },
    get disposed() {
      return disposed;
    },
  };
}

/**
 * Event hooks: several takers of the same events as one monitor.
 *
 * J1. A taker that throws costs its own event only: not the next taker's, and no hook of ours ever throws.
 * J2. A hook nobody takes is not there, so nothing is built for it.
 */
import { EVENT_HOOK_NAMES, type EventHook, type Monitor } from '../../instrumentation/index.ts';

/** Some hooks, whoever takes them. */
export type EventHooks = Pick<Monitor, EventHook>;

type AnyHook = (first: never, second: never) => void;

/** A taker of events. Its hooks need no `this`. */
export interface Taker {
  readonly hooks: EventHooks;
  /** Whether it takes any at the moment; left out: always. */
  readonly isOpen?: () => boolean;
}

/**
 * All of `takers` as one set of hooks (J1, J2), in their order.
 *
 * @param isOpen - Asked first, once an event.
 * @param failed - Told what a taker threw.
 */
export function combined(
  takers: readonly Taker[],
  isOpen: () => boolean,
  failed: (error: unknown) => void,
): EventHooks {
  const hooks: Partial<Record<EventHook, AnyHook>> = {};
  for (const name of EVENT_HOOK_NAMES) {
    const calls = takers.flatMap((taker) => {
      const hook: AnyHook | undefined = taker.hooks[name];
      return hook === undefined ? [] : [guarded(hook, taker.isOpen, failed)];
    });
    const [first, ...others] = calls;
    if (first === undefined) continue; // J2
    hooks[name] = (one, two) => {
      if (!isOpen()) return;
      first(one, two);
      for (const call of others) call(one, two);
    };
  }
  return hooks as EventHooks;
}

/** A hook that never throws (J1). */
function guarded(hook: AnyHook, isOpen: (() => boolean) | undefined, failed: (error: unknown) => void): AnyHook {
  return (first, second) => {
    try {
      if (isOpen === undefined || isOpen()) hook(first, second);
    } catch (error) {
      failed(error);
    }
  };
}

/**
 * Triggers of time.
 */
import { Disposer } from '../disposer.ts';
import { checkedMs, readingOf } from '../deadline.ts';
import type { NamedTrigger, TriggerCancel, TriggerContext } from '../trigger.ts';

/** Cancels with `timeout` when `timeoutMs` have passed since the scope opened. 0 or less: at once. */
export function timeout(timeoutMs: number): NamedTrigger {
  checkedMs('timeoutMs', timeoutMs);
  return { name: 'timeout', start: (cancel, context) => after(timeoutMs, cancel, context, 'timeout') };
}

/** Cancels with `deadline` at an instant: a reading of the scope's clock, or a Date. One that has passed: at once. */
export function deadline(at: number | Date): NamedTrigger {
  checkedMs('at', at instanceof Date ? at.getTime() : at);
  return {
    name: 'deadline',
    start: (cancel, context) => {
      const { clock } = context;
      return after(readingOf(at, clock) - clock.now(), cancel, context, 'deadline');
    },
  };
}

function after(
  delayMs: number,
  cancel: TriggerCancel,
  { clock }: TriggerContext,
  reason: 'timeout' | 'deadline',
): Disposable | undefined {
  if (delayMs === Infinity) return undefined;
  if (delayMs <= 0) {
    cancel(reason);
    return undefined;
  }
  const timer = clock.setTimer(() => cancel(reason), delayMs);
  return new Disposer(() => timer.clear());
}

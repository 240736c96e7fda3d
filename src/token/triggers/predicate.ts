/**
 * The trigger that asks again and again.
 *
 * R4. The first check is at once; the next is due `intervalMs` after the one before has settled, so checks never overlap.
 * R5. A predicate that throws or rejects is reported, and asked again.
 */
import { Disposer } from '../disposer.ts';
import type { Timer } from '../clock.ts';
import { checkedMs } from '../deadline.ts';
import { InvalidArgumentError } from '../errors.ts';
import type { NamedTrigger } from '../trigger.ts';

/** Options of {@link predicate}. */
export interface PredicateOptions {
  /** From one check to the next, in ms; default 100. */
  readonly intervalMs?: number;
  /** What to call it in causes; default the function's name, else `predicate`. */
  readonly name?: string;
}

/** Cancels with `condition` once `check` gives true, or a promise of true. */
export function predicate(check: () => boolean | PromiseLike<boolean>, options: PredicateOptions = {}): NamedTrigger {
  if (typeof check !== 'function') throw new InvalidArgumentError('check', 'a function', check);
  const intervalMs = checkedMs('intervalMs', options.intervalMs ?? 100);
  if (intervalMs <= 0) throw new InvalidArgumentError('intervalMs', 'more than 0', intervalMs);
  const name = options.name ?? (check.name || 'predicate');
  return {
    name,
    start(cancel, { clock, report }) {
      let timer: Timer | undefined;
      let stopped = false;
      let checks = 0;
      const settle = (met: boolean): void => {
        if (stopped) return;
        if (met) cancel('condition', `${name} held at check ${checks}`);
        else timer = clock.setTimer(ask, intervalMs); // R4
      };
      const failed = (error: unknown): void => {
        report(error);
        settle(false); // R5
      };
      const ask = (): void => {
        checks++;
        try {
          const answer = check();
          if (typeof answer === 'object' && answer !== null) answer.then((met) => settle(met === true), failed);
          else settle(answer === true);
        } catch (error) {
          failed(error);
        }
      };
      ask();
      return new Disposer(() => {
        stopped = true;
        timer?.clear();
      });
    },
  };
}

/**
 * Triggers made of triggers.
 *
 * R7. `anyOf`: the first one cancels, and the others are disposed at that moment. `allOf`: each one latches, and the
 *     last one cancels. Both run inside the scope, on its clock.
 * S12. One that fails to start undoes those that were started.
 */
import { InvalidArgumentError } from '../errors.ts';
import {
  type NamedTrigger,
  namedTrigger,
  onceDisposable,
  type Trigger,
  type TriggerCancel,
  type TriggerContext,
} from '../trigger.ts';

/** The first of `triggers` cancels, with its reason. */
export function anyOf(...triggers: Trigger[]): NamedTrigger {
  const parts = named(triggers);
  return {
    name: 'anyOf',
    start(cancel, context) {
      const running = new Set<Disposable>();
      let done = false;
      const stop = onceDisposable(() => {
        done = true;
        disposeAll(running);
      });
      for (const part of parts) {
        if (done) break;
        startPart(part, running, context, stop, (reason, message, via = []) => {
          if (done) return;
          stop[Symbol.dispose]();
          cancel(reason, message, [part.name, ...via]);
        });
        if (done) disposeAll(running);
      }
      return stop;
    },
  };
}

/** Once all of `triggers` have fired, the last one cancels, with its reason. */
export function allOf(...triggers: Trigger[]): NamedTrigger {
  const parts = named(triggers);
  return {
    name: 'allOf',
    start(cancel, context) {
      const running = new Set<Disposable>();
      const latched = new Set<NamedTrigger>();
      const stop = onceDisposable(() => disposeAll(running));
      for (const part of parts) {
        startPart(part, running, context, stop, (reason, message, via = []) => {
          if (latched.has(part)) return;
          latched.add(part);
          if (latched.size === parts.length) cancel(reason, message, [part.name, ...via]);
        });
      }
      return stop;
    },
  };
}

function named(triggers: readonly Trigger[]): NamedTrigger[] {
  if (triggers.length === 0) throw new InvalidArgumentError('triggers', 'at least one', 'none');
  return triggers.map((trigger) => ({ ...namedTrigger(trigger) }));
}

function startPart(
  part: NamedTrigger,
  running: Set<Disposable>,
  context: TriggerContext,
  stop: Disposable,
  cancel: TriggerCancel,
): void {
  try {
    const started = part.start((reason = 'condition', message, via) => cancel(reason, message, via), context);
    if (started !== undefined) running.add(started);
  } catch (error) {
    stop[Symbol.dispose]();
    throw error;
  }
}

function disposeAll(running: Set<Disposable>): void {
  for (const part of running) part[Symbol.dispose]();
  running.clear();
}

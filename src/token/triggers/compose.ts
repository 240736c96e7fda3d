/**
 * Triggers made of triggers.
 *
 * R7. `anyOf`: the first one cancels, and the others are disposed at that moment. `allOf`: each one latches, and the
 *     last one cancels. Both run inside the scope, on its clock.
 * S12. One that fails to start undoes those that were started.
 */
import { Disposer } from '../disposer.ts';
import { InvalidArgumentError } from '../errors.ts';
import { type NamedTrigger, namedTrigger, type Trigger, type TriggerCancel, type TriggerContext } from '../trigger.ts';

/** The first of `triggers` cancels, with its reason. */
export function anyOf(...triggers: Trigger[]): NamedTrigger {
  const parts = named(triggers);
  return {
    name: 'anyOf',
    start(cancel, context) {
      const running = new Set<Disposable>();
      let done = false;
      const stop = new Disposer(() => {
        done = true;
        disposeAll(running, context);
      });
      for (const part of parts) {
        if (done) break;
        startPart(part, running, context, stop, (reason, message, via = []) => {
          if (done) return;
          stop[Symbol.dispose]();
          cancel(reason, message, [part.name, ...via]);
        });
        if (done) disposeAll(running, context);
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
      const latched = new Set<number>(); // by place: one trigger may stand in two
      const stop = new Disposer(() => disposeAll(running, context));
      for (const [place, part] of parts.entries()) {
        startPart(part, running, context, stop, (reason, message, via = []) => {
          if (latched.has(place)) return;
          latched.add(place);
          if (latched.size === parts.length) cancel(reason, message, [part.name, ...via]);
        });
      }
      return stop;
    },
  };
}

function named(triggers: readonly Trigger[]): NamedTrigger[] {
  if (triggers.length === 0) throw new InvalidArgumentError('triggers', 'at least one', 'none');
  return triggers.map(namedTrigger);
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

/** One that throws is reported, and keeps neither the others nor the cancel from their turn. */
function disposeAll(running: Set<Disposable>, { report }: TriggerContext): void {
  for (const part of running) {
    try {
      part[Symbol.dispose]();
    } catch (error) {
      report(error);
    }
  }
  running.clear();
}

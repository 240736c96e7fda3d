/**
 * Triggers of things that happen elsewhere: events, promises, signals, tokens.
 */
import { Disposer } from '../disposer.ts';
import type { EventEmitter } from 'node:events';
import { messageOf, readForeignReason } from '../foreign-reason.ts';
import { InvalidArgumentError } from '../errors.ts';
import type { AnyToken } from '../readonly-token.ts';
import { boundedText } from '../text.ts';
import type { NamedTrigger } from '../trigger.ts';

/** Cancels with `condition` at the next event called `name`. */
export function event(target: EventEmitter | EventTarget, name: string): NamedTrigger {
  return {
    name: 'event',
    start(cancel) {
      const listener = (): void => cancel('condition', `event "${boundedText(name, 256)}"`, [name]);
      if ('addEventListener' in target) {
        target.addEventListener(name, listener, { once: true });
        return new Disposer(() => target.removeEventListener(name, listener));
      }
      target.once(name, listener);
      return new Disposer(() => target.off(name, listener));
    },
  };
}

/** Cancels when `promise` settles: with `condition` when it resolves, with `error` when it rejects. */
export function promise(promise: PromiseLike<unknown>): NamedTrigger {
  return {
    name: 'promise',
    start(cancel) {
      // A promise cannot be unsubscribed from: what it keeps is this one variable, emptied at the end.
      let target: typeof cancel | undefined = cancel;
      promise.then(
        () => target?.('condition', 'the promise resolved'),
        (error: unknown) => target?.('error', messageOf(error)),
      );
      return new Disposer(() => (target = undefined));
    },
  };
}

/** Cancels when a foreign AbortSignal aborts, with what its reason says. */
export function abortSignal(signal: AbortSignal): NamedTrigger {
  if (!(signal instanceof AbortSignal)) throw new InvalidArgumentError('signal', 'an AbortSignal', signal);
  return {
    name: 'abortSignal',
    start(cancel) {
      const aborted = (): void => {
        const { reason, message, parent } = readForeignReason(signal.reason);
        cancel(parent?.reason ?? reason, message ?? parent?.message);
      };
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      return new Disposer(() => signal.removeEventListener('abort', aborted));
    },
  };
}

/** Cancels when `token` is cancelled, with its reason. As one of several conditions; to derive from it, use the `token` option. */
export function token(token: AnyToken): NamedTrigger {
  return {
    name: 'token',
    start: (cancel) => token.onCancel((cause) => cancel(cause.reason, cause.message, [token.name]), { bind: false }),
  };
}

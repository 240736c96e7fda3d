/**
 * The trigger of OS signals.
 *
 * R3. One `process.on` a signal however many scopes listen; it goes with the last one, and the default action is back.
 */
import { constants } from 'node:os';
import { InvalidArgumentError } from '../errors.ts';
import type { NamedTrigger } from '../trigger.ts';

type Listener = (signal: NodeJS.Signals) => void;

const watched = new Map<NodeJS.Signals, Set<Listener>>();

function dispatch(signal: NodeJS.Signals): void {
  for (const listener of [...(watched.get(signal) ?? [])]) listener(signal);
}

function watch(signal: NodeJS.Signals, listener: Listener): void {
  const listeners = watched.get(signal);
  if (listeners !== undefined) {
    listeners.add(listener);
    return;
  }
  process.on(signal, dispatch); // throws for one that cannot be caught, before anything is kept
  watched.set(signal, new Set([listener]));
}

function unwatch(signal: NodeJS.Signals, listener: Listener): void {
  const listeners = watched.get(signal);
  if (listeners?.delete(listener) !== true || listeners.size > 0) return;
  watched.delete(signal);
  process.off(signal, dispatch);
}

/**
 * Cancels with `signal` when one of these arrives. Only the main thread gets signals.
 *
 * @param signals - Names such as `SIGTERM`; default SIGINT and SIGTERM.
 * @throws {InvalidArgumentError} a name is no signal of this platform.
 */
export function osSignal(...signals: NodeJS.Signals[]): NamedTrigger {
  const names: NodeJS.Signals[] = signals.length > 0 ? [...new Set(signals)] : ['SIGINT', 'SIGTERM'];
  for (const name of names) {
    if (!Object.hasOwn(constants.signals, name)) throw new InvalidArgumentError('signals', 'names of OS signals', name);
  }
  return {
    name: 'osSignal',
    start(cancel) {
      const listener: Listener = (signal) => cancel('signal', `received ${signal}`, [signal]);
      const stop = (): void => names.forEach((name) => unwatch(name, listener));
      try {
        for (const name of names) watch(name, listener);
      } catch (error) {
        stop();
        throw error;
      }
      return { [Symbol.dispose]: stop };
    },
  };
}

/**
 * The trigger of OS signals.
 *
 * R3. One `process.on` a signal however many scopes listen; it goes with the last one, and the default action is back.
 */
import { Disposer } from '../disposer.ts';
import { constants } from 'node:os';
import { InvalidArgumentError } from '../errors.ts';
import { sharedSlot } from '../process-state.ts';
import type { NamedTrigger } from '../trigger.ts';

type Listener = (signal: NodeJS.Signals) => void;

/** Who listens for what; one of it a process, whichever copies of this library are loaded. */
class Watch {
  readonly #listeners = new Map<NodeJS.Signals, Set<Listener>>();

  add(signal: NodeJS.Signals, listener: Listener): void {
    const listeners = this.#listeners.get(signal);
    if (listeners !== undefined) {
      listeners.add(listener);
      return;
    }
    process.on(signal, this.#dispatch); // throws for one that cannot be caught, before anything is kept
    this.#listeners.set(signal, new Set([listener]));
  }

  remove(signal: NodeJS.Signals, listener: Listener): void {
    const listeners = this.#listeners.get(signal);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return;
    this.#listeners.delete(signal);
    process.off(signal, this.#dispatch);
  }

  readonly #dispatch = (signal: NodeJS.Signals): void => {
    for (const listener of [...(this.#listeners.get(signal) ?? [])]) listener(signal);
  };
}

const watch = sharedSlot('os-signals', () => new Watch());

/**
 * Cancels with `signal` when one of these arrives. Only the main thread gets signals. When the last scope that listens
 * has ended, the default action is back: a later SIGTERM ends the process.
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
      const stop = (): void => names.forEach((name) => watch.remove(name, listener));
      try {
        for (const name of names) watch.add(name, listener);
      } catch (error) {
        stop();
        throw error;
      }
      return new Disposer(stop);
    },
  };
}

/**
 * Registering monitors.
 *
 * M1. `registerMonitor` gives a Disposable that takes the monitor off again.
 * M7. History and detectors (`companion.ts`) run while there is a monitor to hear of them, and not otherwise.
 */
import { Disposer, InvalidArgumentError } from '../token/index.ts';
import { companion } from './companion.ts';
import { attachMonitor, detachMonitor, type MonitorEntry, monitorEntries } from './hub.ts';
import type { Monitor } from './monitor.ts';
import { EVENT_HOOK_NAMES } from './monitor-hooks.ts';

/**
 * Hands lifecycle events to `monitor` from now on, in order of registration.
 *
 * @returns Takes it off again when disposed; twice changes nothing. A monitor registered already stays registered once.
 * @throws {InvalidArgumentError} it is no object, or a hook of it is no function.
 *
 * @example
 * using off = registerMonitor(prometheusMonitor({ registry }));
 */
export function registerMonitor(monitor: Monitor): Disposable {
  check(monitor);
  let entry = monitorEntries().find((candidate) => candidate.monitor === monitor);
  if (entry === undefined) {
    entry = newEntry(monitor, false);
    attachMonitor(entry);
    startCompanion();
  }
  const registered = entry;
  return new Disposer(() => detachMonitor(registered));
}

function newEntry(monitor: Monitor, internal: boolean): MonitorEntry {
  const name = typeof monitor.name === 'string' && monitor.name !== '' ? monitor.name : 'monitor';
  return { monitor, name, ok: 0, errors: 0, failuresInARow: 0, internal };
}

function check(monitor: unknown): void {
  if (typeof monitor !== 'object' || monitor === null) {
    throw new InvalidArgumentError('monitor', 'an object with hooks', monitor);
  }
  for (const hook in monitor) {
    const value = (monitor as Record<string, unknown>)[hook];
    if (HOOK_NAMES.has(hook) && value !== undefined && typeof value !== 'function') {
      throw new InvalidArgumentError(`monitor.${hook}`, 'a function', value);
    }
  }
}

const HOOK_NAMES: ReadonlySet<string> = new Set([...EVENT_HOOK_NAMES, 'runScope', 'spanContext', 'detached']);

/** The hub takes it off with the last of the others (M7). */
function startCompanion(): void {
  if (monitorEntries().some((entry) => entry.companion === true)) return;
  attachMonitor({ ...newEntry(companion, true), companion: true });
}

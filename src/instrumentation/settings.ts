/**
 * Settings of the detectors.
 */
import { InvalidArgumentError, sharedSlot } from '../token/index.ts';

/** What counts as slow, and what as ignored. */
export interface TelemetrySettings {
  /** A cancel that has not ended its scope after this many ms is slow; default 500. */
  slowMs: number;
  /** A scope that returned without looking, this many ms or more after its cancel, ignored it; default 100. */
  ignoredMs: number;
  /** How many ended scopes `registry.history` keeps; default 100. */
  historySize: number;
}

/** The settings in force. */
export const settings = sharedSlot<TelemetrySettings>('settings', () => ({
  slowMs: 500,
  ignoredMs: 100,
  historySize: 100,
}));

/**
 * Changes settings of the detectors; those left out stay. Applies to cancels from now on.
 *
 * @throws {InvalidArgumentError} one is no number, or negative.
 *
 * @example
 * configureTelemetry({ slowMs: 250 });
 */
export function configureTelemetry(changes: Partial<TelemetrySettings>): void {
  if (typeof changes !== 'object' || changes === null) throw new InvalidArgumentError('changes', 'an object', changes);
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(settings, name)) throw new InvalidArgumentError(name, 'slowMs, ignoredMs or historySize', value);
    if (typeof value !== 'number' || !(value >= 0)) throw new InvalidArgumentError(name, 'a number, 0 or more', value);
  }
  Object.assign(settings, changes);
}

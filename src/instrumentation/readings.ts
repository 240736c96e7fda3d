/**
 * What is going on now, read when asked: open scopes, live tokens and listeners, how monitors are doing.
 */
import { type Clock, processState } from '../token/index.ts';
import { monitorEntries } from './hub.ts';
import { countsByRow } from './monitor-counts.ts';
import { forwarded, remoteReadings } from './remote-scopes.ts';

/** A scope that is open, or a zombie. */
export interface ScopeReading {
  readonly name: string;
  /** When its cancel was requested, if it is pending: a reading of its clock in ms. */
  readonly requestedAt: number | undefined;
  readonly clock: Clock;
  /** It was given up, and its body runs on. */
  readonly zombie: boolean;
}

/** Every scope open now, and every zombie; also of other threads, as far as they forward their events. */
export function* openScopeReadings(): Iterable<ScopeReading> {
  for (const scope of processState.openScopes) {
    yield { name: scope.name, requestedAt: scope._phases?.requestedAt, clock: scope._clock, zombie: false };
  }
  for (const scope of processState.zombies) {
    yield { name: scope.name, requestedAt: scope._phases?.requestedAt, clock: scope._clock, zombie: true };
  }
  yield* remoteReadings();
}

/** Tokens hanging under a live parent, and listeners waiting. */
export function liveCounts(): { readonly tokens: number; readonly listeners: number } {
  return { tokens: processState.heldTokens, listeners: processState.listeners };
}

/** Events handed to the monitors of one name. */
export interface MonitorEventCount {
  readonly monitor: string;
  readonly result: 'ok' | 'error' | 'dropped';
  readonly count: number;
}

/** Events handed to monitors, those that are gone too (MC1); the library's own parts are left out. */
export function* monitorEventCounts(): Iterable<MonitorEventCount> {
  for (const [monitor, { ok, errors }] of countsByRow(monitorEntries().filter(({ internal }) => !internal))) {
    yield { monitor, result: 'ok', count: ok };
    yield { monitor, result: 'error', count: errors };
  }
  if (forwarded.ok + forwarded.dropped === 0) return;
  yield { monitor: 'threads', result: 'ok', count: forwarded.ok };
  yield { monitor: 'threads', result: 'dropped', count: forwarded.dropped };
}

/** The names of the registered monitors, in order. */
export function registeredMonitorNames(): string[] {
  return monitorEntries().flatMap(({ internal, name }) => (internal ? [] : [name]));
}

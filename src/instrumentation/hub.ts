/**
 * The monitor hub: hands each lifecycle event to every monitor that has a hook for it.
 *
 * M2. A monitor that throws is caught, counted, reported once, and detached after ten failures in a row. It never
 *     changes an outcome.
 * M5. The token layer's sink is filled in when monitors come and go, so a hook nobody has costs one test of a property.
 */
import { hooks as sink, type ScopeInfo, sharedSlot, type SpanContextData } from '../token/index.ts';
import { composeRunScope } from './run-scope.ts';
import type { Monitor } from './monitor.ts';
import { leaveCounts, rowOf } from './monitor-counts.ts';
import { EVENT_HOOK_NAMES, type EventHook } from './monitor-hooks.ts';

/** A registered monitor, and how it has been doing. */
export interface MonitorEntry {
  readonly monitor: Monitor;
  readonly name: string;
  /** Events it took. */
  ok: number;
  /** Hooks that threw. */
  errors: number;
  failuresInARow: number;
  /** The library's own: not counted, never detached. */
  readonly internal: boolean;
  /** It goes with the last monitor that is not the library's own (M7). */
  readonly companion?: boolean;
}

const FAILURES_TO_DETACH = 10;

/** The events that come from the token layer; the others the hub's own parts find out. */
const SINK_EVENTS = EVENT_HOOK_NAMES.filter((hook) => hook in sink);

const entries = sharedSlot<MonitorEntry[]>('monitors', () => []);
const changed = sharedSlot('monitors changed', () => new Set<() => void>());

/** The registered monitors, in order of registration. */
export function monitorEntries(): readonly MonitorEntry[] {
  return entries;
}

/** Takes a monitor on. */
export function attachMonitor(entry: MonitorEntry): void {
  entries.push(entry);
  if (!entry.internal) rowOf(entry.name); // MC2: first come
  fillSink();
}

/** Takes a monitor off and tells it so; with the last one go the library's own (M7). @returns False when it was off. */
export function detachMonitor(entry: MonitorEntry): boolean {
  const index = entries.indexOf(entry);
  if (index < 0) return false;
  entries.splice(index, 1);
  if (!entry.internal) leaveCounts(entry.name, entry); // MC1
  fillSink();
  try {
    entry.monitor.detached?.();
  } catch (error) {
    reportMonitor(entry, 'detached', error, true);
  }
  if (!entry.internal && !hasMonitors()) for (const own of entries.filter((each) => each.companion)) detachMonitor(own);
  return true;
}

/** Whether anybody but the library itself listens. */
export function hasMonitors(): boolean {
  return entries.some(({ internal }) => !internal);
}

/** Calls `listener` whenever monitors have come or gone. */
export function onMonitorsChanged(listener: () => void): void {
  changed.add(listener);
}

/** What is no part of a scope's life, and frequent. */
const ONLY_IF_WANTED: ReadonlySet<EventHook> = new Set(['tokenCreated', 'progressReported']);

/** The events that some monitor here wants from other threads: all that make up a scope's life, once there is one. */
export function wantedFromThreads(): readonly EventHook[] {
  return hasMonitors() ? SINK_EVENTS.filter((hook) => !ONLY_IF_WANTED.has(hook) || isWanted(hook)) : [];
}

/** Sends an event the hub's own parts found out, to those that have a hook for it. */
export function dispatch<H extends EventHook>(hook: H, ...event: Parameters<NonNullable<Monitor[H]>>): void {
  for (const entry of [...entries]) callHook(entry, hook, event);
}

/** Whether any monitor has this hook. */
export function isWanted(hook: EventHook): boolean {
  return entries.some((entry) => !entry.internal && typeof entry.monitor[hook] === 'function');
}

/** Counts a failing hook, and takes its monitor off when it keeps failing (M2). */
export function monitorFailed(entry: MonitorEntry, hook: string, error: unknown): void {
  if (isGone(entry)) leaveCounts(entry.name, { ok: 0, errors: 1 });
  entry.errors++;
  entry.failuresInARow++;
  const detached = entry.failuresInARow >= FAILURES_TO_DETACH && !entry.internal && detachMonitor(entry);
  if (entry.errors === 1 || detached) reportMonitor(entry, hook, error, detached);
}

/** Whether it was taken off: what a hook of it comes to after that is counted beside it (MC1). */
function isGone(entry: MonitorEntry): boolean {
  return !entry.internal && !entries.includes(entry);
}

function reportMonitor(entry: MonitorEntry, hook: string, error: unknown, detached: boolean): void {
  const fate = detached ? 'it was detached' : 'it is counted in cancellation_monitor_events_total';
  let text = 'an error that cannot be printed';
  try {
    text = String(error);
  } catch {
    // said above
  }
  process.emitWarning(`Monitor "${entry.name}" threw in ${hook}; ${fate}: ${text}`, {
    type: 'CancelScopeWarning',
    code: 'CANCELSCOPE_MONITOR_FAILED',
  });
  if (hook !== 'monitorFailed') dispatch('monitorFailed', { monitor: entry.name, hook, error, detached });
}

/** Counts an event a monitor took. A hook that turns out to be async may still fail: by rejecting (M2). */
function took(entry: MonitorEntry, hook: string, result: unknown): void {
  if (typeof (result as Partial<PromiseLike<unknown>> | undefined)?.then === 'function') {
    Promise.resolve(result).then(
      () => {
        if (isGone(entry)) leaveCounts(entry.name, { ok: 1, errors: 0 });
        took(entry, hook, undefined);
      },
      (error: unknown) => monitorFailed(entry, hook, error),
    );
    return;
  }
  entry.ok++;
  entry.failuresInARow = 0;
}

function callHook(entry: MonitorEntry, hook: EventHook, event: readonly unknown[]): void {
  const { monitor } = entry;
  if (typeof monitor[hook] !== 'function') return;
  try {
    took(entry, hook, (monitor[hook] as (...args: readonly unknown[]) => unknown)(...event));
  } catch (error) {
    monitorFailed(entry, hook, error);
  }
}

/** Gives the token layer one function a hook, or null where nobody listens (M5). */
function fillSink(): void {
  for (const hook of SINK_EVENTS) (sink as unknown as Record<string, unknown>)[hook] = dispatcher(hook);
  sink.runScope = composeRunScope(
    entries.filter((entry) => typeof entry.monitor.runScope === 'function'),
    monitorFailed,
  );
  const tracers = entries.filter((entry) => typeof entry.monitor.spanContext === 'function');
  sink.spanContext = tracers.length === 0 ? null : (scope) => firstSpanContext(tracers, scope);
  for (const listener of changed) listener();
}

type TwoArguments = (first: unknown, second: unknown) => unknown;

function dispatcher(hook: EventHook): TwoArguments | null {
  const listening = entries
    .filter((entry) => typeof entry.monitor[hook] === 'function')
    .map((entry) => ({ entry, monitor: entry.monitor, call: entry.monitor[hook] as TwoArguments }));
  if (listening.length === 0) return null;
  return (first, second) => {
    for (let index = 0; index < listening.length; index++) {
      const { entry, monitor, call } = listening[index] as (typeof listening)[number];
      try {
        took(entry, hook, call.call(monitor, first, second));
      } catch (error) {
        monitorFailed(entry, hook, error);
      }
    }
  };
}

function firstSpanContext(tracers: readonly MonitorEntry[], scope: ScopeInfo | undefined): SpanContextData | undefined {
  for (const entry of tracers) {
    try {
      const found = entry.monitor.spanContext?.(scope);
      if (found !== undefined) return found;
    } catch (error) {
      monitorFailed(entry, 'spanContext', error);
    }
  }
  return undefined;
}

/**
 * A monitor that writes down what it hears.
 */
import { EVENT_HOOKS, type EventHook, type Monitor } from '../instrumentation/index.ts';

/** One event, as it came. */
export interface RecordedEvent {
  readonly hook: EventHook;
  /** Name of the scope it is about, for events of scopes. */
  readonly scope: string | undefined;
  /** What the hook was given, in order. */
  readonly event: readonly unknown[];
}

/** What {@link recordingMonitor} gives. */
export interface RecordingMonitor extends Monitor {
  /** Everything so far, in order. */
  readonly events: readonly RecordedEvent[];
  /** The details of one hook's events: its last argument, or the scope where there is no other. */
  of<H extends EventHook>(hook: H): Details<H>[];
  /** The hooks called, in order; of one scope, if named. */
  sequence(scope?: string): EventHook[];
  /** Forgets everything. */
  clear(): void;
}

/** The last argument of a hook. */
type Details<H extends EventHook> =
  Parameters<NonNullable<Monitor[H]>> extends [...unknown[], infer Last] ? Last : never;

/**
 * Makes one; register it, run, and look.
 *
 * @example
 * const recorded = recordingMonitor();
 * using off = registerMonitor(recorded);
 * await work();
 * expect(recorded.sequence('load')).toEqual(['scopeOpened', 'scopeSettled']);
 */
export function recordingMonitor(): RecordingMonitor {
  const events: RecordedEvent[] = [];
  const record =
    (hook: EventHook, aboutScope: boolean) =>
    (about: unknown, details?: unknown): void => {
      const scope = aboutScope ? (about as { name: string }).name : undefined;
      events.push({ hook, scope, event: details === undefined ? [about] : [about, details] });
    };
  const hooks = Object.fromEntries(
    Object.entries(EVENT_HOOKS).map(([hook, aboutScope]) => [hook, record(hook as EventHook, aboutScope)]),
  ) as Monitor;
  return {
    name: 'recording',
    ...hooks,
    events,
    of: (hook) => events.filter((entry) => entry.hook === hook).map((entry) => entry.event.at(-1)) as never[],
    sequence: (scope) =>
      events.filter((entry) => scope === undefined || entry.scope === scope).map((entry) => entry.hook),
    clear: () => void events.splice(0),
  };
}

/**
 * Forwarding: on a thread without monitors of its own, lifecycle events are sent to a thread that has some.
 *
 * V3. In batches, at most {@link BATCH_MAX} events or {@link FLUSH_MS} apart, and what is left when the thread ends by
 *     itself. Sending never waits, and an event that finds no room is counted and dropped.
 * V4. Only events that somebody there wants, and nothing at all while nobody listens. Until that is known all are
 *     gathered: a short-lived thread may end before it is told.
 */
import { hooks as sink, type ScopeInfo, sharedSlot, systemClock, type Timer } from '../token/index.ts';
import { wireEvent, type WireEvent, wireScope } from './event-wire.ts';
import { attachMonitor, detachMonitor, type MonitorEntry } from './hub.ts';
import { EVENT_HOOK_NAMES, EVENT_HOOKS, type EventHook } from './monitor-hooks.ts';

/** Events on their way to another thread. */
export interface EventBatch {
  readonly events: readonly WireEvent[];
  /** How many found no room. */
  readonly dropped: number;
  /** What 0 on the sender's clock is on the host's monotonic clock, in ns. */
  readonly zeroNs: string;
}

const BATCH_MAX = 256;
const ROOM = 4096;
const FLUSH_MS = 20;

const all = sharedSlot('forwardings', () => new Set<Forwarding>());

/** Sends what has gathered for other threads. */
export function flushForwarding(): void {
  for (const forwarding of all) forwarding.flush(true);
}

/** Sends the events that `wanted` names, until it is stopped. */
export class Forwarding {
  readonly #send: (batch: EventBatch) => boolean;
  readonly #announced = new WeakSet<ScopeInfo>();
  #entry: MonitorEntry | undefined;
  #events: WireEvent[] = [];
  #dropped = 0;
  #timer: Timer | null = null;
  /** Whether it is known yet what is wanted (V4). */
  #told = false;
  readonly #flush = (): void => this.flush();
  readonly #atExit = (): void => this.flush(true);

  /** @param send - Says whether the batch went out; one that did not is kept, as far as there is room. */
  constructor(send: (batch: EventBatch) => boolean) {
    this.#send = send;
    all.add(this);
    this.#listenFor(EVENT_HOOK_NAMES.filter((hook) => hook !== 'tokenCreated'));
  }

  /** From now on sends these events and no others (V4). */
  want(wanted: readonly string[]): void {
    this.#told = true;
    this.#events = this.#events.filter(([hook]) => wanted.includes(hook));
    this.#listenFor(wanted);
    if (wanted.length > 0) this.flush();
  }

  #listenFor(wanted: readonly string[]): void {
    const before = this.#entry;
    const hooks = wanted.filter((hook): hook is EventHook => hook in EVENT_HOOKS && hook in sink);
    this.#entry = hooks.length === 0 ? undefined : forwarder(hooks, (event) => this.#add(event), this.#announced);
    if (this.#entry !== undefined) attachMonitor(this.#entry);
    if (before !== undefined) detachMonitor(before);
    if (before === undefined && this.#entry !== undefined) process.on('exit', this.#atExit);
    if (before !== undefined && this.#entry === undefined) process.off('exit', this.#atExit);
  }

  /** Sends what has gathered; with `untold` also while it is not known who wants it. */
  flush(untold = false): void {
    this.#timer?.clear();
    this.#timer = null;
    if (!this.#told && !untold) return;
    if (this.#events.length === 0 && this.#dropped === 0) return;
    const zeroNs = String(systemClock.toMonotonicNs(0));
    if (!this.#send({ events: this.#events, dropped: this.#dropped, zeroNs })) return;
    this.#events = [];
    this.#dropped = 0;
  }

  #add(event: WireEvent): void {
    if (this.#events.length >= ROOM) {
      this.#dropped++; // V3
      return;
    }
    this.#events.push(event);
    if (this.#events.length >= BATCH_MAX) this.flush();
    else if (this.#told) this.#timer ??= systemClock.setTimer(this.#flush, FLUSH_MS);
  }
}

function forwarder(
  hooks: readonly EventHook[],
  add: (event: WireEvent) => void,
  announced: WeakSet<ScopeInfo>,
): MonitorEntry {
  const monitor: Record<string, unknown> = {};
  for (const hook of hooks) {
    monitor[hook] = EVENT_HOOKS[hook]
      ? (scope: ScopeInfo, event: object = {}) => {
          const known = announced.has(scope);
          announced.add(scope);
          add([hook, known ? scope.id : wireScope(scope), wireEvent(event)]);
        }
      : (event: object) => add([hook, undefined, wireEvent(event)]);
  }
  return { monitor, name: 'forwarder', ok: 0, errors: 0, failuresInARow: 0, internal: true };
}

/**
 * Forwarding: lifecycle events of this thread are sent to a thread that has monitors. Monitors here hear them too.
 *
 * V3. In batches, at most {@link BATCH_MAX} events or {@link FLUSH_MS} apart, and what is left when the thread ends by
 *     itself. Sending never waits. At most {@link ROOM} events wait to be sent; one that finds no room is counted and
 *     dropped. The end of a scope whose beginning was sent finds some, so that nothing looks open for ever; of one whose
 *     beginning was dropped nothing is sent.
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
  /** What was announced before may have ended unheard: the first batch after a time when nobody listened. */
  readonly afresh?: boolean;
}

const BATCH_MAX = 256;
const ROOM = 4096;
const FLUSH_MS = 20;
const ZERO_NS = String(systemClock.toMonotonicNs(0));
const ENDS: ReadonlySet<EventHook> = new Set(['scopeSettled', 'zombieEnded']);

const all = sharedSlot('forwardings', () => new Set<Forwarding>());

/** Sends what has gathered for other threads. */
export function flushForwarding(): void {
  for (const forwarding of all) forwarding.flush(true);
}

/** Sends the events that `wanted` names, until it is stopped. */
export class Forwarding {
  readonly #send: (batch: EventBatch, last: boolean) => boolean;
  /** The scopes sent or waiting to be, and those whose beginning found no room. */
  #announced = new WeakMap<ScopeInfo, boolean>();
  #entry: MonitorEntry | undefined;
  #events: WireEvent[] = [];
  #dropped = 0;
  #afresh = false;
  #timer: Timer | null = null;
  /** Whether it is known yet what is wanted (V4). */
  #told = false;
  readonly #flush = (): void => this.flush();
  readonly #atExit = (): void => this.flush(true);

  /**
   * @param send - Says whether the batch went out; one that did not is kept, as far as there is room. The `last` one is
   * not asked for again.
   */
  constructor(send: (batch: EventBatch, last: boolean) => boolean) {
    this.#send = send;
    all.add(this);
    this.#listenFor(EVENT_HOOK_NAMES.filter((hook) => hook !== 'tokenCreated'));
  }

  /** From now on sends these events and no others (V4). */
  want(wanted: readonly string[]): void {
    this.#told = true;
    this.#events = this.#events.filter(([hook]) => wanted.includes(hook));
    this.#listenFor(wanted);
    if (wanted.length > 0) return this.flush();
    this.#announced = new WeakMap();
    this.#afresh = true;
  }

  #listenFor(wanted: readonly string[]): void {
    const before = this.#entry;
    const hooks = wanted.filter((hook): hook is EventHook => Object.hasOwn(EVENT_HOOKS, hook) && hook in sink);
    this.#entry = hooks.length === 0 ? undefined : this.#forwarder(hooks);
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
    const batch = { events: this.#events, dropped: this.#dropped, zeroNs: ZERO_NS };
    if (!this.#send(this.#afresh ? { ...batch, afresh: true } : batch, untold)) return;
    this.#events = [];
    this.#dropped = 0;
    this.#afresh = false;
  }

  /** @returns False when there was no room (V3). */
  #add(event: WireEvent, room = ROOM): boolean {
    if (this.#events.length >= room) {
      this.#dropped++;
      return false;
    }
    this.#events.push(event);
    if (this.#events.length >= BATCH_MAX) this.flush();
    else if (this.#told) this.#timer ??= systemClock.setTimer(this.#flush, FLUSH_MS);
    return true;
  }

  #addOf(scope: ScopeInfo, hook: EventHook, event: object): void {
    const known = this.#announced.get(scope);
    if (known === false) this.#dropped++;
    else if (known === true) this.#add([hook, scope.id, wireEvent(event)], ENDS.has(hook) ? 2 * ROOM : ROOM);
    else this.#announced.set(scope, this.#add([hook, wireScope(scope), wireEvent(event)]));
  }

  #forwarder(hooks: readonly EventHook[]): MonitorEntry {
    const monitor: Record<string, unknown> = {};
    for (const hook of hooks) {
      monitor[hook] = EVENT_HOOKS[hook]
        ? (scope: ScopeInfo, event: object = {}) => this.#addOf(scope, hook, event)
        : (event: object) => this.#add([hook, undefined, wireEvent(event)]);
    }
    return { monitor, name: 'forwarder', ok: 0, errors: 0, failuresInARow: 0, internal: true };
  }
}

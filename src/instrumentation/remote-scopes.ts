/**
 * Scopes of other threads, as far as their events have arrived: what monitors here are told of them.
 *
 * V5. One ScopeInfo a scope, for all its events, as for a scope of this thread.
 * V6. A thread that ends takes its open scopes along: they settle then, as cancelled if they had been, else as failed;
 *     its zombies end.
 * V7. What arrives may be anything: what makes no sense is counted as dropped, and costs neither the rest nor a monitor.
 */
import {
  type CancelPhases,
  type Origin,
  processState,
  ScopeInfo,
  scopeInfo,
  sharedSlot,
  systemClock,
  systemReading,
} from '../token/index.ts';
import { isSound } from './event-shape.ts';
import { fromWire, type WireScope } from './event-wire.ts';
import type { EventBatch } from './forwarding.ts';
import { dispatch, hasMonitors } from './hub.ts';
import { EVENT_HOOKS, type EventHook } from './monitor-hooks.ts';
import type { ScopeReading } from './readings.ts';

/** A scope of another thread that has not ended. */
interface RemoteScope {
  readonly info: ScopeInfo;
  cause: unknown;
  phases: CancelPhases | undefined;
  /** When it was given up, if its body runs on. */
  abandonedAt: number | undefined;
}

/** Counts of what arrived, over all threads. */
export const forwarded = sharedSlot('forwarded events', () => ({ ok: 0, dropped: 0 }));

const threads = sharedSlot('remote scopes', () => new Set<RemoteScopes>());

/** The open scopes of all other threads that forward their events. */
export function* remoteReadings(): Iterable<ScopeReading> {
  for (const thread of threads) yield* thread.readings();
}

/** The scopes of one other thread. */
export class RemoteScopes {
  readonly #origin: () => Origin;
  readonly #scopes = new Map<string, RemoteScope>();

  constructor(origin: () => Origin) {
    this.#origin = origin;
    threads.add(this);
  }

  /** Hands a batch of events to the monitors here (V7). */
  receive(batch: EventBatch): void {
    const { events, dropped, zeroNs, afresh } = (batch ?? {}) as Partial<EventBatch>;
    if (afresh === true || !hasMonitors()) this.forget();
    if (!hasMonitors()) return;
    if (Number.isSafeInteger(dropped) && (dropped as number) > 0) forwarded.dropped += dropped as number;
    if (!Array.isArray(events)) return;
    const shiftMs = /^\d{1,19}$/.test(String(zeroNs)) ? systemReading(BigInt(zeroNs as string)) : 0;
    for (const event of events) {
      if (this.#taken(event, shiftMs)) forwarded.ok++;
      else forwarded.dropped++;
    }
  }

  /** Nobody listens: how they go on is not heard any more. */
  forget(): void {
    this.#scopes.clear();
  }

  *readings(): Iterable<ScopeReading> {
    for (const { info, phases, abandonedAt } of this.#scopes.values()) {
      yield {
        name: info.name,
        requestedAt: phases?.requestedAt,
        clock: info.clock,
        zombie: abandonedAt !== undefined,
      };
    }
  }

  /** The thread has ended (V6). */
  end(): void {
    threads.delete(this);
    const now = systemClock.now();
    for (const { info, cause, phases, abandonedAt } of this.#scopes.values()) {
      if (abandonedAt !== undefined) {
        const requestedAt = phases?.requestedAt ?? abandonedAt;
        send('zombieEnded', info, { abandonedAt, endedAt: now, requestedAt, result: 'threw' });
        continue;
      }
      const error = cause === undefined ? new Error('its thread ended') : undefined;
      const outcome = cause === undefined ? 'failed' : 'cancelled';
      send('scopeSettled', info, {
        outcome,
        settledAt: now,
        cause,
        phases,
        error,
        ownDeadline: false,
      });
    }
    this.#scopes.clear();
  }

  #taken(event: unknown, shiftMs: number): boolean {
    try {
      return this.#dispatch(event as readonly unknown[], shiftMs);
    } catch {
      return false; // V7
    }
  }

  /** @returns False when it is of a scope whose beginning was missed, or makes no sense. */
  #dispatch([hook, scope, event]: readonly unknown[], shiftMs: number): boolean {
    const content = fromWire(event as object, shiftMs);
    if (!isSound(hook, scope, content)) return false;
    if (!EVENT_HOOKS[hook]) {
      send(hook, content);
      return true;
    }
    const remote =
      typeof scope === 'object' ? this.#announce(scope as WireScope, shiftMs) : this.#scopes.get(scope as string);
    if (remote === undefined) return false;
    this.#note(hook, remote, content);
    send(hook, remote.info, ...(hook === 'scopeOpened' ? [] : [content]));
    return true;
  }

  #announce(scope: WireScope, shiftMs: number): RemoteScope {
    const known = this.#scopes.get(scope.id);
    if (known !== undefined) return known;
    const { id, parentId, parentName, deadline, attributes } = scope;
    const openedAt = scope.openedAt + shiftMs;
    const parent = this.#infoOf(parentId);
    const info = new ScopeInfo(
      {
        name: scope.name,
        token: { _serial: 0 },
        deadline: deadline + shiftMs,
        _parent: undefined,
        _openedAt: openedAt,
        _clock: systemClock,
        _options: attributes && { attributes },
      },
      { id, parentId, parentName, origin: this.#origin(), parent, parentSpan: scope.parentSpan },
    );
    const remote: RemoteScope = {
      info,
      cause: undefined,
      phases: undefined,
      abandonedAt: undefined,
    };
    this.#scopes.set(id, remote);
    return remote;
  }

  #infoOf(id: string | undefined): ScopeInfo | undefined {
    if (id === undefined) return undefined;
    const remote = this.#scopes.get(id);
    if (remote !== undefined) return remote.info;
    for (const scope of processState.openScopes) if (scope.id === id) return scopeInfo(scope);
    return undefined;
  }

  #note(hook: EventHook, remote: RemoteScope, event: Record<string, unknown>): void {
    if (hook === 'cancelDelivered') {
      const { cause, requestedAt, deliveredAt, depth, boundary } = event as never;
      remote.cause = cause;
      remote.phases = {
        requestedAt,
        deliveredAt,
        acknowledgedAt: undefined,
        mechanism: undefined,
        depth,
        boundary,
      };
    }
    if (hook === 'cancelAcknowledged' && remote.phases !== undefined) {
      const { acknowledgedAt, mechanism } = event as never;
      remote.phases = { ...remote.phases, acknowledgedAt, mechanism };
    }
    if (hook === 'scopeSettled' && event['outcome'] === 'abandoned') remote.abandonedAt = event['settledAt'] as number;
    else if (hook === 'scopeSettled' || hook === 'zombieEnded') this.#scopes.delete(remote.info.id);
  }
}

function send(hook: EventHook, ...args: unknown[]): void {
  (dispatch as (hook: EventHook, ...args: unknown[]) => void)(hook, ...args);
}

/**
 * Scopes of other threads, as far as their events have arrived: what monitors here are told of them.
 *
 * V5. One ScopeInfo a scope, for all its events, as for a scope of this thread.
 * V6. A thread that ends takes its open scopes along: they settle then, as cancelled if they had been, else as failed.
 */
import { type Origin, processState, ScopeInfo, scopeInfo, sharedSlot, systemClock } from '../token/index.ts';
import { fromWire, type WireEvent, type WireScope } from './event-wire.ts';
import type { EventBatch } from './forwarding.ts';
import { dispatch } from './hub.ts';
import { EVENT_HOOKS, type EventHook } from './monitor-hooks.ts';
import type { ScopeReading } from './readings.ts';

/** A scope of another thread that has not ended. */
interface RemoteScope {
  readonly info: ScopeInfo;
  cause: unknown;
  requestedAt: number | undefined;
  zombie: boolean;
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

  /** Hands a batch of events to the monitors here. */
  receive({ events, dropped, zeroNs }: EventBatch): void {
    const shiftMs = Number(BigInt(zeroNs) - systemClock.toMonotonicNs(0)) / 1e6;
    forwarded.dropped += dropped;
    for (const event of events) {
      if (this.#dispatch(event, shiftMs)) forwarded.ok++;
      else forwarded.dropped++;
    }
  }

  *readings(): Iterable<ScopeReading> {
    for (const { info, requestedAt, zombie } of this.#scopes.values()) {
      yield { name: info.name, requestedAt, clock: info.clock, zombie };
    }
  }

  /** The thread has ended (V6). */
  end(): void {
    threads.delete(this);
    const settledAt = systemClock.now();
    for (const { info, cause, zombie } of this.#scopes.values()) {
      const cancelled = cause !== undefined;
      const error = cancelled ? undefined : new Error('its thread ended');
      const outcome = cancelled ? 'cancelled' : 'failed';
      if (!zombie) {
        const event = { outcome, settledAt, cause, phases: undefined, error, ownDeadline: false };
        dispatch('scopeSettled', info, event as Parameters<typeof dispatch<'scopeSettled'>>[2]);
      }
    }
    this.#scopes.clear();
  }

  /** @returns False when it is of a scope whose beginning was missed, or of no kind we know. */
  #dispatch([hook, scope, event]: WireEvent, shiftMs: number): boolean {
    if (!(hook in EVENT_HOOKS)) return false;
    const content = fromWire(event as object, shiftMs);
    if (!EVENT_HOOKS[hook]) {
      send(hook, content);
      return true;
    }
    const remote = typeof scope === 'object' ? this.#announce(scope, shiftMs) : this.#scopes.get(scope as string);
    if (remote === undefined) return false;
    this.#note(hook, remote, content);
    send(hook, remote.info, content);
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
    const remote: RemoteScope = { info, cause: undefined, requestedAt: undefined, zombie: false };
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
      remote.cause = event['cause'];
      remote.requestedAt = event['requestedAt'] as number;
    }
    if (hook === 'zombieDetected') this.#scopes.set(remote.info.id, Object.assign(remote, { zombie: true }));
    if (hook === 'scopeSettled' || hook === 'zombieEnded') this.#scopes.delete(remote.info.id);
  }
}

function send(hook: EventHook, ...args: unknown[]): void {
  (dispatch as (hook: EventHook, ...args: unknown[]) => void)(hook, ...args);
}

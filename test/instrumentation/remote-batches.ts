/** Scopes of a thread that is played by a test, and the batches it sends. */
import { afterEach } from 'vitest';
import { CancellationToken } from '../../src/index.ts';
import type { WireEvent, WireScope } from '../../src/instrumentation/event-wire.ts';
import {
  type EventBatch,
  monitorEventCounts,
  openScopeReadings,
  RemoteScopes,
} from '../../src/instrumentation/index.ts';
import { type Origin, systemClock } from '../../src/token/index.ts';

export const ORIGIN: Origin = { pid: process.pid, threadId: 7, threadName: 'thumbnailer' };

/** Gives a function that makes the scopes of a thread, gone after each test. Call it after `guardLeaks`: hooks run last first. */
export function threadsForTests(): () => RemoteScopes {
  const threads: RemoteScopes[] = [];
  afterEach(() => {
    for (const each of threads.splice(0)) each.end();
  });
  return () => {
    const scopes = new RemoteScopes(() => ORIGIN);
    threads.push(scopes);
    return scopes;
  };
}

/** A batch from a thread whose clock is `aheadMs` ahead of ours. */
export function batch(events: readonly WireEvent[], { dropped = 0, aheadMs = 0 } = {}): EventBatch {
  const zeroNs = String(systemClock.toMonotonicNs(0) - BigInt(aheadMs * 1e6));
  return structuredClone({ events, dropped, zeroNs });
}

export function wireScope(id: string, more: Partial<WireScope> = {}): WireScope {
  return {
    id,
    name: 'render',
    parentId: undefined,
    parentName: undefined,
    openedAt: 100,
    deadline: Infinity,
    attributes: undefined,
    parentSpan: undefined,
    ...more,
  };
}

const token = new CancellationToken({ name: 'stop' });
token.cancel('shutdown', 'draining');
export const cause = token.cause?.toJSON();

export const DELIVERED = {
  cause,
  requestedAt: 110,
  deliveredAt: 111,
  boundary: 'thread',
  sourceThread: 'main',
  depth: 0,
};
export const ACKNOWLEDGED = { requestedAt: 110, deliveredAt: 111, acknowledgedAt: 112, mechanism: 'listener' };
export const PHASES = { ...ACKNOWLEDGED, depth: 0, boundary: 'thread' };
export const SETTLED = {
  outcome: 'cancelled',
  settledAt: 120,
  cause,
  phases: PHASES,
  error: undefined,
  ownDeadline: false,
};

/** A whole life, cancelled. */
export function life(id: string): WireEvent[] {
  return [
    ['scopeOpened', wireScope(id), {}],
    ['cancelDelivered', id, DELIVERED],
    ['cancelAcknowledged', id, ACKNOWLEDGED],
    ['scopeSettled', id, SETTLED],
  ];
}

/** Events of other threads, as counted: taken and dropped. */
export function counted(): { readonly ok: number; readonly dropped: number } {
  const counts = [...monitorEventCounts()].filter(({ monitor }) => monitor === 'threads');
  const of = (result: string): number => counts.find((each) => each.result === result)?.count ?? 0;
  return { ok: of('ok'), dropped: of('dropped') };
}

export function remoteReadings(): { name: string; pending: boolean; zombie: boolean }[] {
  return [...openScopeReadings()].map(({ name, requestedAt, zombie }) => {
    return { name, pending: requestedAt !== undefined && !zombie, zombie };
  });
}

/**
 * The last scopes that ended, in a bounded ring, and counts of all; kept while a monitor is registered.
 */
import {
  type CancellationCause,
  type ScopeInfo,
  type ScopeOutcome,
  type ScopeSettled,
  sharedSlot,
} from '../token/index.ts';
import { settings } from './settings.ts';

/** A scope that ended. */
export interface HistoryRecord {
  readonly id: string;
  readonly name: string;
  readonly outcome: ScopeOutcome;
  readonly durationMs: number;
  /** From the request of the cancel to the end, if it was cancelled. */
  readonly latencyMs: number | undefined;
  readonly cause: CancellationCause | undefined;
}

/** One place in the ring; overwritten, so that keeping a record allocates nothing. */
interface Slot {
  scope: ScopeInfo;
  outcome: ScopeOutcome;
  settledAt: number;
  requestedAt: number | undefined;
  cause: CancellationCause | undefined;
}

interface History {
  slots: Slot[];
  /** How many it may hold. */
  size: number;
  /** Where the next record goes, once the ring is full. */
  next: number;
  readonly outcomes: Partial<Record<ScopeOutcome, number>>;
}

const history = sharedSlot<History>('history', () => ({ slots: [], size: 0, next: 0, outcomes: {} }));

/** The last scopes that ended, newest first. */
export function historyRecords(): HistoryRecord[] {
  return slotsInOrder().toReversed().map(recordOf);
}

/** The ring, oldest first, in the size it is to have now. */
function slotsInOrder(): Slot[] {
  const { slots, next } = history;
  const inOrder = [...slots.slice(next), ...slots.slice(0, next)];
  return inOrder.slice(Math.max(0, inOrder.length - Math.floor(settings.historySize)));
}

function recordOf({ scope, outcome, settledAt, requestedAt, cause }: Slot): HistoryRecord {
  const latencyMs = requestedAt === undefined ? undefined : settledAt - requestedAt;
  return { id: scope.id, name: scope.name, outcome, durationMs: settledAt - scope.openedAt, latencyMs, cause };
}

/** How many scopes ended, by outcome, since the first monitor. */
export function outcomeCounts(): Readonly<Partial<Record<ScopeOutcome, number>>> {
  return { ...history.outcomes };
}

/** Keeps a scope that ended. */
export function remember(scope: ScopeInfo, { outcome, settledAt, phases, cause }: ScopeSettled): void {
  const { outcomes } = history;
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const requestedAt = phases?.requestedAt;
  const size = Math.floor(settings.historySize);
  if (history.size !== size) {
    history.slots = slotsInOrder();
    history.size = size;
    history.next = 0;
  }
  const { slots } = history;
  if (slots.length < size) {
    slots.push({ scope, outcome, settledAt, requestedAt, cause });
    return;
  }
  const slot = slots[history.next];
  if (slot === undefined) return; // none is kept
  history.next = (history.next + 1) % size;
  slot.scope = scope;
  slot.outcome = outcome;
  slot.settledAt = settledAt;
  slot.requestedAt = requestedAt;
  slot.cause = cause;
}

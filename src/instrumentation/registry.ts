/**
 * The registry: what is open now, by name and id, and a way to cancel it from outside.
 *
 * Y1. Named scopes are listed while open; what is handed out is frozen plain data. Y2. Settling always takes one off.
 */
import {
  type CancellationCauseData,
  type CancellationReason,
  InvalidArgumentError,
  type Origin,
  processState,
  requestCancel,
  type Scope,
  type ScopeAttributes,
  type ScopeOutcome,
  type ScopeState,
  type SpanContextData,
} from '../token/index.ts';
import { type HistoryRecord, historyRecords, outcomeCounts } from './history.ts';
import { matcher } from './name-glob.ts';

/** An open scope, or a zombie, as plain data. */
export interface ScopeSnapshot {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | undefined;
  readonly state: ScopeState;
  readonly outcome: ScopeOutcome | undefined;
  readonly ageMs: number;
  /** How long its cancel has been pending. */
  readonly pendingMs: number | undefined;
  readonly remainingMs: number;
  readonly attributes: ScopeAttributes | undefined;
  readonly cause: CancellationCauseData | undefined;
}

/** A scope with the scopes opened in it. */
export interface ScopeTree extends ScopeSnapshot {
  readonly children: readonly ScopeTree[];
}

/** What a cancel by id came to. */
export type CancelResult = 'cancelled' | 'already' | 'settled' | 'not_found';

/** Which scopes to cancel; all that is given must hold. */
export interface CancelFilter {
  /** A name; `*` stands for any run of characters. */
  readonly name?: string;
  /** At least this old, in ms. */
  readonly olderThanMs?: number;
  readonly where?: (scope: ScopeSnapshot) => boolean;
}

function snapshotOf(scope: Scope): ScopeSnapshot {
  const now = scope._clock.now();
  const requestedAt = scope._phases?.requestedAt;
  return Object.freeze({
    id: scope.id,
    name: scope.name,
    parentId: scope.parent?.id,
    state: scope.state,
    outcome: scope.outcome,
    ageMs: now - scope._openedAt,
    pendingMs: requestedAt === undefined ? undefined : now - requestedAt,
    remainingMs: scope.remainingMs,
    attributes: Object.freeze(scope._options?.attributes && { ...scope._options.attributes }),
    cause: frozenCause(scope),
  });
}

function frozenCause({ cause }: Scope): CancellationCauseData | undefined {
  const data = cause?.toJSON();
  for (let step = data; step !== undefined; step = step.parent) {
    for (const part of Object.values(step)) if (part !== step.parent) Object.freeze(part);
    Object.freeze(step);
  }
  return data;
}

/** An open scope or a zombie. */
function find(id: string): Scope | undefined {
  for (const scope of [...processState.openScopes, ...processState.zombies]) if (scope.id === id) return scope;
  return undefined;
}

function cancelOne(
  scope: Scope,
  reason: CancellationReason,
  message?: string,
  origin?: Origin,
  span?: SpanContextData,
): CancelResult {
  if (scope.outcome !== undefined) return 'settled';
  const won = requestCancel(scope.token, reason, message, undefined, undefined, origin, span);
  return won ? 'cancelled' : 'already';
}

/** Cancels a scope of this thread by id; for `origin`, where `span` is active, if somebody else asks for it. */
export function cancelHere(
  id: string,
  reason: CancellationReason,
  message: string | undefined,
  origin?: Origin,
  span?: SpanContextData,
): CancelResult {
  const scope = find(id);
  if (scope !== undefined) return cancelOne(scope, reason, message, origin, span);
  return historyRecords().some((record) => record.id === id) ? 'settled' : 'not_found';
}

/** Builds the forest without recursion: nesting may be deep. */
function forest(): readonly ScopeTree[] {
  const nodes = new Map<string, ScopeTree & { children: ScopeTree[] }>();
  for (const scope of oldestFirst(processState.openScopes)) nodes.set(scope.id, { ...snapshotOf(scope), children: [] });
  const roots: ScopeTree[] = [];
  for (const node of nodes.values()) {
    const parent = node.parentId === undefined ? undefined : nodes.get(node.parentId);
    (parent?.children ?? roots).push(node);
  }
  for (const node of nodes.values()) {
    Object.freeze(node.children);
    Object.freeze(node);
  }
  return Object.freeze(roots);
}

function oldestFirst(scopes: Iterable<Scope>): Scope[] {
  return [...scopes].sort((a, b) => a.token._serial - b.token._serial);
}

/** @throws {InvalidArgumentError} naming what is wrong: a filter misread might cancel everything. */
function checkFilter(filter: CancelFilter): void {
  if (typeof filter !== 'object' || filter === null) throw new InvalidArgumentError('filter', 'an object', filter);
  const { name, olderThanMs, where } = filter;
  if (name !== undefined && typeof name !== 'string') throw new InvalidArgumentError('name', 'a string', name);
  if (olderThanMs !== undefined && (typeof olderThanMs !== 'number' || Number.isNaN(olderThanMs)))
    throw new InvalidArgumentError('olderThanMs', 'a number of milliseconds', olderThanMs);
  if (where !== undefined && typeof where !== 'function') throw new InvalidArgumentError('where', 'a function', where);
}

/**
 * What is open now. Reading walks the open scopes; nothing is paid for it while scopes run.
 *
 * @example
 * for (const { name, ageMs, pendingMs } of registry.snapshot()) console.log(name, ageMs, pendingMs);
 * registry.cancelMany({ name: 'get:/export/*', olderThanMs: 60_000 }, 'manual', 'cleared by the operator');
 */
export const registry = {
  /** Every open scope, oldest first; with `zombies`, those abandoned and still running too. */
  snapshot(options: { readonly zombies?: boolean } = {}): readonly ScopeSnapshot[] {
    const zombies = options.zombies === true ? processState.zombies : [];
    return Object.freeze(oldestFirst([...processState.openScopes, ...zombies]).map(snapshotOf));
  },

  /** One open scope, or a zombie. */
  get(id: string): ScopeSnapshot | undefined {
    const scope = find(id);
    return scope && snapshotOf(scope);
  },

  /** The open scopes, each with those opened in it. */
  tree(): readonly ScopeTree[] {
    return forest();
  },

  /** Cancels one by id. `settled` is for a zombie and for one in the history, `not_found` for one nobody knows (any more). */
  cancel(id: string, reason: CancellationReason = 'manual', message?: string): CancelResult {
    return cancelHere(id, reason, message);
  },

  /** Cancels all that `filter` describes, oldest first; a result for each. One cancelled with its parent is `already`. */
  cancelMany(
    filter: CancelFilter,
    reason: CancellationReason = 'manual',
    message?: string,
  ): ReadonlyMap<string, CancelResult> {
    checkFilter(filter);
    const { olderThanMs = 0, where = () => true } = filter;
    const matchesName = matcher(filter.name ?? '*');
    const matching = oldestFirst(processState.openScopes).filter((scope) => {
      const snapshot = snapshotOf(scope);
      return matchesName(scope.name) && snapshot.ageMs >= olderThanMs && where(snapshot);
    });
    return new Map(matching.map((scope) => [scope.id, cancelOne(scope, reason, message)]));
  },

  /** The last scopes that ended, newest first, at most `historySize`. Recorded while a monitor is registered. */
  history(): readonly HistoryRecord[] {
    return historyRecords();
  },

  /** Counts: open, pending and zombie scopes now, and scopes ended by outcome since the first monitor. */
  statistics(): {
    readonly open: number;
    readonly pending: number;
    readonly zombies: number;
    readonly oldestPendingMs: number;
    readonly outcomes: Readonly<Partial<Record<ScopeOutcome, number>>>;
  } {
    const open = [...processState.openScopes].map(snapshotOf);
    const pending = open.flatMap(({ pendingMs }) => pendingMs ?? []);
    return {
      open: open.length,
      pending: pending.length,
      zombies: [...processState.zombies].length,
      oldestPendingMs: pending.reduce((oldest, ms) => Math.max(oldest, ms), 0),
      outcomes: outcomeCounts(),
    };
  },
} as const;

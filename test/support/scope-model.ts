/**
 * A tree of scopes as plain data, and what must become of it: a reference model of S3 to S6 and D1 in a few lines.
 *
 * All instants are unequal by construction, so that nothing depends on which of two things comes first.
 */
import type { ScopeOutcome } from '../../src/index.ts';

/** What one scope does. Times are milliseconds since all of them opened together. */
export interface Plan {
  readonly name: string;
  /** Its own budget; Infinity for none. */
  readonly timeoutMs: number;
  /** When somebody cancels it; Infinity for never. */
  readonly cancelAt: number;
  /** How long its own work takes. */
  readonly workMs: number;
  /** Whether the work stops for a cancel. */
  readonly listens: boolean;
  readonly end: 'return' | 'throw';
  readonly graceMs: number;
  readonly children: readonly Plan[];
}

/** What becomes of one scope. */
export interface Fate {
  readonly outcome: ScopeOutcome;
  /** When its scope settles. */
  readonly settledAt: number;
  /** When its body ends: later, for an abandoned one. */
  readonly bodyEndsAt: number;
  /** The name of the scope the cancel began at; undefined when there was none. */
  readonly root: string | undefined;
  readonly rootReason: 'manual' | 'timeout' | undefined;
}

/** A cancel on its way down. */
interface Cancel {
  readonly at: number;
  readonly root: string;
  readonly reason: 'manual' | 'timeout';
}

/** The fate of every scope in `plan`, by name. `above` is the cancel of the scope around it. */
export function fates(plan: Plan, above?: Cancel, into: Map<string, Fate> = new Map()): Map<string, Fate> {
  const own: Cancel[] = [
    { at: plan.timeoutMs, root: plan.name, reason: 'timeout' },
    { at: plan.cancelAt, root: plan.name, reason: 'manual' },
  ];
  const first = [...own, ...(above === undefined ? [] : [above])].reduce((a, b) => (b.at < a.at ? b : a));
  const undisturbed = Math.max(plan.workMs, ...waitFor(plan, undefined, new Map()));
  const cancel = first.at < undisturbed ? first : undefined;

  const stopped = cancel !== undefined && plan.listens && cancel.at < plan.workMs;
  const childrenEnd = waitFor(plan, cancel, into);
  const bodyEndsAt = Math.max(stopped ? cancel.at : plan.workMs, ...childrenEnd);
  const abandoned = cancel !== undefined && bodyEndsAt > cancel.at + plan.graceMs;
  into.set(plan.name, {
    outcome: abandoned ? 'abandoned' : outcomeOf(plan, cancel !== undefined, stopped),
    settledAt: abandoned ? cancel.at + plan.graceMs : bodyEndsAt,
    bodyEndsAt,
    root: cancel?.root,
    rootReason: cancel?.reason,
  });
  return into;
}

/** A body waits for the promises of its children: each settles with its scope. */
function waitFor(plan: Plan, cancel: Cancel | undefined, into: Map<string, Fate>): number[] {
  return plan.children.map((child) => (fates(child, cancel, into).get(child.name) as Fate).settledAt);
}

function outcomeOf(plan: Plan, cancelled: boolean, stopped: boolean): ScopeOutcome {
  if (stopped) return 'cancelled';
  if (plan.end === 'throw') return 'failed';
  return cancelled ? 'ignored' : 'completed';
}

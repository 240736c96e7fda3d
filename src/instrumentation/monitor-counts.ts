/**
 * Monitor counts: which row of `cancellation_monitor_events_total` a monitor counts in, and what those that are gone have
 * left there.
 *
 * MC1. What was counted stays when a monitor is taken off, and the next one of its name goes on from there: a counter
 *      that goes away, or down, hides the failures it went away with.
 * MC2. At most {@link MONITOR_NAMES_MAX} names have a row, first come; later ones share `_OTHER`. No name ever changes its
 *      row, or both would go wrong.
 */
import { sharedSlot } from '../token/index.ts';
import { MONITOR_NAMES_MAX } from './label-bounds.ts';
import { OTHER } from './telemetry-table.ts';

/** Events of monitors: taken, and failed. */
export interface EventCounts {
  ok: number;
  errors: number;
}

/** By row, what monitors that are gone have counted. Plain data: another version of the library may read it. */
const left = sharedSlot('counts of monitors', () => new Map<string, EventCounts>());

/** Adds to what is left in the row of `name` (MC1). */
export function leaveCounts(name: string, { ok, errors }: Readonly<EventCounts>): void {
  const counts = left.get(rowOf(name)) as EventCounts;
  counts.ok += ok;
  counts.errors += errors;
}

/** The row that monitors called `name` count in, made on first use (MC2). */
export function rowOf(name: string): string {
  if (left.has(name)) return name;
  const row = left.size < MONITOR_NAMES_MAX && name !== OTHER ? name : OTHER;
  if (!left.has(row)) left.set(row, { ok: 0, errors: 0 });
  return row;
}

/** The counts of every row: what is left there, and what the monitors there now have counted. */
export function countsByRow(
  now: Iterable<Readonly<EventCounts> & { readonly name: string }>,
): Map<string, EventCounts> {
  const rows = new Map(Array.from(left, ([row, counts]) => [row, { ...counts }]));
  for (const { name, ok, errors } of now) {
    const row = rowOf(name);
    const counts = rows.get(row) ?? { ok: 0, errors: 0 };
    rows.set(row, { ok: counts.ok + ok, errors: counts.errors + errors });
  }
  return rows;
}

/**
 * What is shown: numbers and causes as lines, for the screen, the plain output and the summary alike.
 */
import { explain, type HistoryRecord, registry } from './cancelscope.ts';
import type { Line, Piece } from './line.ts';
import type { TallyReading } from './tally.ts';

/** The table of reasons, with bars as long as there is room for. */
export function reasonTable({ reasons }: TallyReading, columns: number): Line[] {
  const most = Math.max(...reasons.map(({ scopes }) => scopes), 1);
  const room = Math.max(0, Math.min(40, columns - 54));
  return [
    ['dim', 'reason        cancels  scopes     p50 ms     p99 ms'],
    ...reasons.map(({ reason, cancels, scopes, p50Ms, p99Ms }): Piece[] => [
      reason.padEnd(12),
      `${String(cancels).padStart(9)}${String(scopes).padStart(8)}${ms(p50Ms).padStart(11)}${ms(p99Ms).padStart(11)}  `,
      ['cyan', '█'.repeat(Math.ceil((scopes / most) * room))],
    ]),
  ];
}

/** The numbers that change all the time. */
export function vitalSigns(reading: TallyReading, requests: number): Piece[] {
  const { open, pending, zombies, oldestPendingMs } = registry.statistics();
  const oldest = pending > 0 ? ` (oldest ${oldestPendingMs.toFixed(0)} ms)` : '';
  return [
    `requests ${requests}  open ${open}  `,
    [pending > 0 ? 'yellow' : 'plain', `pending ${pending}${oldest}`],
    '  ',
    [zombies > 0 ? 'red' : 'plain', `zombies ${zombies}`],
    `  p50 ${ms(reading.p50Ms)}  p99 ${ms(reading.p99Ms)} ms`,
  ];
}

/** The counts nobody wants to see grow. */
export function oddities(reading: TallyReading): Line[] {
  const { outcomes, cancelled, withParent, slow, zombies, redundant, late, disconnects } = reading;
  const { listenerErrors, shieldedMs, wastedMs } = reading;
  return [
    `${cancelled} scopes cancelled, ${withParent} through a parent: ` +
      `${slow} slow, ${outcomes.ignored ?? 0} ignored it, ${zombies} abandoned`,
    `${disconnects} clients left, ${redundant} redundant and ${late} late cancels, ${listenerErrors} failed listeners`,
    `${seconds(shieldedMs)} behind shields, ${seconds(wastedMs)} of work for nothing`,
  ];
}

/** The last causes, explained: the latest of each reason, `count` of them. */
export function lastCauses(count: number): string[][] {
  return latestOfEachReason()
    .slice(0, count)
    .map(({ cause, latencyMs }) => {
      const lines = cause === undefined ? [] : explain(cause).split('\n');
      return latencyMs === undefined ? lines : [...lines, `  stopped after ${ms(latencyMs)} ms`];
    });
}

function latestOfEachReason(): HistoryRecord[] {
  const byReason = new Map<string, HistoryRecord>();
  for (const record of registry.history()) {
    const root = record.cause?.root;
    if (root === undefined) continue;
    const found = byReason.get(root.reason);
    // Of all that one cancel reached, the scope furthest from it has the whole story.
    if (found === undefined || (found.cause?.root === root && depthOf(record) > depthOf(found))) {
      byReason.set(root.reason, record);
    }
  }
  return [...byReason.values()];
}

function depthOf({ cause }: HistoryRecord): number {
  let depth = 0;
  for (let step = cause; step !== undefined; step = step.parent) depth++;
  return depth;
}

function ms(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(1);
}

function seconds(value: number): string {
  return `${(value / 1e3).toFixed(1)} s`;
}

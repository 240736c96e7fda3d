/**
 * A cause as text a person can read (C5): the chain from the root to here, and how long each step took.
 */
import type { CancellationCause } from './cause.ts';

/** Steps shown of a longer chain: the first ones, the last ones, and how many are left out between. */
const SHOWN_AT_EACH_END = 8;

/**
 * Who cancelled, why, from where and when, root first, one line a step.
 *
 * @example
 * console.log(explain(scope.cause));
 * // "GET /report" was cancelled: disconnect (client closed the connection)
 * //   at 2026-11-22T10:15:03.120Z in process 4711, thread main
 * // → "load-report" was cancelled with it (+0.0 ms)
 */
export function explain(cause: CancellationCause): string {
  const chain: CancellationCause[] = [];
  for (let step: CancellationCause | undefined = cause; step !== undefined; step = step.parent) chain.push(step);
  chain.reverse();
  const hidden = chain.length - 2 * SHOWN_AT_EACH_END;
  const lines: string[] = [];
  for (const [index, step] of chain.entries()) {
    if (hidden > 0 && index === SHOWN_AT_EACH_END) lines.push(`→ … ${hidden} more …`);
    if (hidden > 0 && index >= SHOWN_AT_EACH_END && index < chain.length - SHOWN_AT_EACH_END) continue;
    lines.push(...(index === 0 ? describeRoot(step) : [describeStep(step, chain[index - 1] as CancellationCause)]));
  }
  return lines.join('\n');
}

function describeRoot(cause: CancellationCause): string[] {
  const { origin, callSite, spanContext } = cause;
  const lines = [
    `"${cause.token.name}" was cancelled: ${reasonAndMessage(cause)}`,
    `  at ${isoTime(cause.wallTime)} in process ${origin.pid}, thread ${origin.threadName}`,
  ];
  if (spanContext !== undefined) lines.push(`  by trace ${spanContext.traceId}, span ${spanContext.spanId}`);
  if (callSite !== undefined) lines.push(...callSite.split('\n').slice(1, 6));
  return lines;
}

function describeStep(cause: CancellationCause, before: CancellationCause): string {
  const tookMs = Number(cause.monotonicNs - before.monotonicNs) / 1e6;
  const how = cause.reason === 'parent' ? 'with it' : `for that: ${reasonAndMessage(cause)}`;
  return `→ "${cause.token.name}" was cancelled ${how} (+${tookMs.toFixed(1)} ms)`;
}

function reasonAndMessage({ reason, message, via }: CancellationCause): string {
  const by = via === undefined ? '' : ` by ${via.join(' → ')}`;
  return `${reason}${by}${message === undefined ? '' : ` (${message})`}`;
}

/** A clock may say anything: what is no date is shown as the number it is. */
function isoTime(wallTime: number): string {
  const date = new Date(wallTime);
  return Number.isNaN(date.getTime()) ? String(wallTime) : date.toISOString();
}

/**
 * The built-in triggers, for the `triggers` option.
 *
 * @example
 * await cancelScope('import', { triggers: [triggers.osSignal('SIGTERM'), triggers.predicate(() => disk.full)] }, body);
 */
import { allOf, anyOf } from './compose.ts';
import { osSignal } from './os-signal.ts';
import { predicate } from './predicate.ts';
import { eventLoopLag, memory } from './resource.ts';
import { abortSignal, event, promise, token } from './source.ts';
import { deadline, timeout } from './time.ts';

export type { PredicateOptions } from './predicate.ts';
export type { BoundOptions, EventLoopLagOptions, MemoryOptions } from './resource.ts';

/** Ready-made ways to be cancelled. */
export const triggers = {
  timeout,
  deadline,
  osSignal,
  predicate,
  event,
  promise,
  abortSignal,
  token,
  memory,
  eventLoopLag,
  anyOf,
  allOf,
} as const;

/**
 * Reading the reason of an AbortSignal that is not ours.
 *
 * F1. Our own error gives its cause back; a TimeoutError is `timeout`; anything else is `abort`, with its message.
 * F2. A reason may be any value, also one whose getters throw: reading it never does.
 */
import type { CancellationCause } from './cause.ts';
import { CancelledError } from './errors.ts';
import type { CancellationReason } from './reason.ts';
import { boundedText, MESSAGE_LIMIT } from './text.ts';

/** What a foreign reason says. */
export interface ForeignReason {
  readonly reason: CancellationReason;
  readonly message: string | undefined;
  readonly parent: CancellationCause | undefined;
}

/** The meaning of `signal.reason` (F1). */
export function readForeignReason(value: unknown): ForeignReason {
  if (value instanceof CancelledError) return { reason: 'parent', message: undefined, parent: value.cause };
  const reason = property(value, 'name') === 'TimeoutError' ? 'timeout' : 'abort';
  return { reason, message: messageOf(value), parent: undefined };
}

/** What an error or a reason says, if anything (F2). */
export function messageOf(value: unknown): string | undefined {
  const message = typeof value === 'object' && value !== null ? property(value, 'message') : value;
  return message === undefined ? undefined : boundedText(message, MESSAGE_LIMIT);
}

function property(value: unknown, key: 'name' | 'message'): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined; // F2
  }
}

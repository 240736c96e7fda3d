/**
 * Sentry: cancels that are part of normal life raise nothing; time limits and failures do, tagged with why and by which
 * cancel. `Sentry.init({ dsn, beforeSend })`
 */
import { findCancelledError, isExpectedCancel } from 'cancelscope';

/** What Sentry's `ErrorEvent` has, as far as it matters here. */
interface TaggedEvent {
  tags?: Record<string, unknown>;
}

/** Drops expected cancels, also under wrappers; tags those that are left. All errors of one cancel share its id. */
export function beforeSend<E extends TaggedEvent>(event: E, hint: { originalException?: unknown }): E | null {
  if (isExpectedCancel(hint.originalException)) return null;
  const cause = findCancelledError(hint.originalException)?.cause;
  if (cause === undefined) return event;
  const { reason, root } = cause;
  event.tags = {
    ...event.tags,
    'cancellation.reason': reason,
    'cancellation.root_reason': root.reason,
    'cancellation.id': root.token.id,
  };
  return event;
}

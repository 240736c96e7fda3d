/**
 * What a handler's answer says of how it ended.
 *
 * G24. On a cancelled call an answer that says it stopped is `cancelled`: CANCELLED, DEADLINE_EXCEEDED, or the text of a
 *      CancelledError or AbortError. A status that is the server's fault is `failed`, and so is the cancel of another
 *      scope; any other (NOT_FOUND, say) is `completed`.
 */
import { status as Status } from '@grpc/grpc-js';
import { reasonIn } from './cancel-status.ts';

/** A status as handlers' answers become one. */
export interface Answer {
  readonly code: Status;
  readonly details: string;
}

/** What the body of a scope throws that stopped for its cancel: a bare AbortError says just that. */
export const STOPPED = new DOMException('The handler stopped', 'AbortError');

/** Statuses that are the server's fault. @see OpenTelemetry's conventions for RPC spans */
const FAULTS: ReadonlySet<Status> = new Set([
  Status.UNKNOWN,
  Status.DEADLINE_EXCEEDED,
  Status.UNIMPLEMENTED,
  Status.INTERNAL,
  Status.UNAVAILABLE,
  Status.DATA_LOSS,
]);

/**
 * What the scope's body is to throw for an answer; undefined for a value (G24).
 *
 * @param isCancelled - Whether the call is.
 * @param wasCancel - Whether the answer was a cancel before it got its code.
 */
export function saidBy(answer: Answer, isCancelled: boolean, wasCancel: boolean): Error | undefined {
  if (answer.code === Status.OK) return undefined;
  if (isCancelled && (wasCancel || saysStopped(answer))) return STOPPED;
  return wasCancel || FAULTS.has(answer.code) ? new Error(`${answer.code} ${answer.details}`) : undefined;
}

function saysStopped({ code, details }: Answer): boolean {
  if (code === Status.CANCELLED || code === Status.DEADLINE_EXCEEDED) return true;
  return reasonIn(details) !== undefined || (code === Status.UNKNOWN && /operation was aborted/.test(details));
}

/**
 * Cancels as gRPC statuses, and back.
 *
 * G12. The root of a cause decides: time that is over is DEADLINE_EXCEEDED, a process that goes down UNAVAILABLE (another
 *      one may be tried), everything else CANCELLED.
 * G13. grpc-js makes a status of a handler's error before an interceptor sees it: what is left is UNKNOWN and the text.
 *      The text of a CancelledError says its reason, and its root's.
 */
import { status as Status } from '@grpc/grpc-js';
import { type CancellationReason, isCancellationReason } from '../../token/index.ts';

/** The status that a cancel for `reason` is answered with; undefined for the usual one. */
export type StatusFor = (reason: CancellationReason) => Status | undefined;

/** The code for a cause whose root has this reason (G12). */
export function statusOf(reason: CancellationReason): Status {
  switch (reason) {
    case 'timeout':
    case 'deadline':
      return Status.DEADLINE_EXCEEDED;
    case 'shutdown':
    case 'signal':
      return Status.UNAVAILABLE;
    default:
      return Status.CANCELLED;
  }
}

const CANCELLED_TEXT = /^"[^]*?" was cancelled: ([a-z]+)(?: \(([a-z]+) of ")?/;

/** The root's reason in the text of a CancelledError (G13); undefined in any other text. */
export function reasonIn(details: string): CancellationReason | undefined {
  const [, own, root = own] = CANCELLED_TEXT.exec(details) ?? [];
  return isCancellationReason(own) && isCancellationReason(root) ? root : undefined;
}

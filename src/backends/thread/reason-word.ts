/**
 * A reason as the one number a slot has room for when there is no record (P2).
 */
import { CANCELLATION_REASONS, type CancellationReason } from '../../token/index.ts';

/** The word for a reason: negative, so that it is no record. */
export function reasonAlone(reason: CancellationReason): number {
  return -(CANCELLATION_REASONS.indexOf(reason) + 1);
}

/** The reason of such a word. */
export function reasonOf(word: number): CancellationReason | undefined {
  return CANCELLATION_REASONS[-word - 1];
}

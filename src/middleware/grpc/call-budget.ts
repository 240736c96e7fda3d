/**
 * How much time a call may take.
 *
 * G18. The deadline that goes out is the smallest of the caller's own, the budget of the calls, and what is left of the
 *      scope around the call, in whole ms rounded down. gRPC sends it relative, counted again when the call is really
 *      sent, so it never grows on the way (H5).
 */
import { checkedMs, systemClock } from '../../token/index.ts';

/** A number of ms for every call, or a function of the call's path; undefined and `Infinity` are none. */
export type Budget = number | ((path: string) => number | undefined);

/** The budget of a call as a function. @throws {InvalidArgumentError} it can be neither. */
export function checkedBudget(argument: string, budget: unknown): (path: string) => number | undefined {
  if (budget === undefined) return () => undefined;
  if (typeof budget !== 'function') {
    const ms = checkedMs(argument, budget);
    return () => ms;
  }
  return (path) => {
    const ms: unknown = budget(path);
    return ms === undefined ? undefined : checkedMs(argument, ms);
  };
}

/** From here on gRPC counts in seconds, rounded up, and grpc-js servers overflow soon after: it would grow, or be over. */
const LONGEST_SENT_MS = 1e8;

/** The wall-clock ms at which `leftMs` are over; `Infinity` when the wire cannot carry that without letting it grow. */
export function deadlineIn(leftMs: number): number {
  if (leftMs >= LONGEST_SENT_MS) return Infinity;
  return Math.round(systemClock.toWallTime(systemClock.now())) + Math.floor(leftMs);
}

/** The last instant a Date can hold. */
const LAST_MS = 8.64e15;

/** A deadline as gRPC takes it, in wall-clock ms. Of what is none, grpc-js may think what it likes. */
export function deadlineMs(deadline: Date | number | undefined): number {
  const ms = Number(deadline ?? Infinity);
  return ms <= LAST_MS ? Math.max(0, ms) : Infinity;
}

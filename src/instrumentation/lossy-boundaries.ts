/**
 * Lossy boundaries: those over which this process hands cancels on that may come late or get lost.
 *
 * LO1. A back end says so when it is loaded. From then on each new scope name has its counters of lost cancels at 0: what
 *      gets lost comes in bursts, and a counter that appears with its first burst shows no increase to `rate()`.
 * LO2. A process without such a back end has no such series.
 */
import { type Boundary, sharedSlot } from '../token/index.ts';

const lossy = sharedSlot('lossy boundaries', () => new Set<Boundary>());

/** Cancels may get lost over this boundary. Saying it twice changes nothing. */
export function announceLossyBoundary(boundary: Boundary): void {
  lossy.add(boundary);
}

/** Those announced so far. */
export function lossyBoundaries(): Iterable<Boundary> {
  return lossy;
}

/**
 * Cancelling what a connection runs, until it does not run any more.
 *
 * Q13. The request is sent again while the query goes on: one that overtakes its query finds nothing to cancel.
 */
import type { Clock } from '../../token/index.ts';
import { sendCancelRequest } from './cancel-request.ts';
import type { Lease } from './lease.ts';
import { type Timeout, timeout } from './timeout.ts';

/** How it ended: the connection may be used again, nobody can tell, or the time was over with the query still there. */
export type CancelEnd = 'free' | 'doubtful' | 'overdue';

/** A query that runs. */
export interface Running {
  readonly lease: Lease;
  /** Resolves with whether the server is ready for the next query, when this one is over or its connection is. */
  readonly over: Promise<boolean>;
  readonly clock: Clock;
  /** How long it may take to stop. */
  readonly withinMs: number;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Resolves when the query is over and no request for it is on its way; or with `overdue`. */
export async function cancelRunning(running: Running): Promise<CancelEnd> {
  if (running.lease.client.processID === null) return 'overdue'; // the server gave no key
  const late = timeout(running.clock, running.withinMs);
  try {
    return await requestUntil(late, running);
  } finally {
    late.clear();
  }
}

async function requestUntil(late: Timeout, { lease, over, clock }: Running): Promise<CancelEnd> {
  let mayBeUsed = true;
  let isOver = false;
  void over.then((isReady) => {
    isOver = true;
    mayBeUsed &&= isReady;
  });
  for (let pauseMs = FIRST_PAUSE_MS; !isOver; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const request = sendCancelRequest(lease.client, lease.stream);
    const end = await Promise.race([request.ended, late.passed]);
    if (end === undefined) {
      request.drop();
      return isOver ? 'doubtful' : 'overdue';
    }
    if (end === 'unknown') mayBeUsed = false;
    const pause = timeout(clock, pauseMs);
    await Promise.race([over, pause.passed, late.passed]); // Q13
    pause.clear();
    if (late.isOver && !isOver) return 'overdue';
  }
  return mayBeUsed ? 'free' : 'doubtful';
}

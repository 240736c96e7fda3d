import type { CancellationReason } from '../../src/index.ts';
import { type CancellationCause, reviveCause } from '../../src/token/index.ts';

/** A cause as it comes from another thread. */
export function foreign(reason: CancellationReason = 'manual', message = 'from afar'): CancellationCause {
  return reviveCause({
    reason,
    message,
    wallTime: Date.now(),
    monotonicNs: String(process.hrtime.bigint()),
    origin: { pid: process.pid, threadId: 7, threadName: 'elsewhere' },
    token: { id: 'x-7-1', name: 'shared' },
  });
}

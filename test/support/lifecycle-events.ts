/** Lifecycle events made by hand, for monitors under test. Instants are milliseconds on the scope's clock. */
import {
  type CancellationCause,
  type CancellationReason,
  type CancelPhases,
  type ScopeInfo,
  type ScopeOutcome,
  type ScopeSettled,
  type SpanContextData,
  thisOrigin,
} from '../../src/token/index.ts';

export const sampledSpan: SpanContextData = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 };

export function scopeInfo(name: string, { openedAt = 0, deadline = Number.POSITIVE_INFINITY } = {}): ScopeInfo {
  return { id: 's1', name, openedAt, deadline, origin: thisOrigin } as ScopeInfo;
}

/** A cause; with `rootReason`, one that derives from another. */
export function causeOf(
  reason: CancellationReason,
  { rootReason = reason, spanContext }: { rootReason?: CancellationReason; spanContext?: SpanContextData } = {},
): CancellationCause {
  const root = { reason: rootReason, spanContext };
  return { reason, root, spanContext: rootReason === reason ? spanContext : undefined } as unknown as CancellationCause;
}

export function phasesOf(requestedAt: number, deliveredAt = requestedAt, acknowledgedAt?: number): CancelPhases {
  return { requestedAt, deliveredAt, acknowledgedAt, mechanism: undefined, depth: 0, boundary: 'local' };
}

export function settled(
  outcome: ScopeOutcome,
  settledAt: number,
  cancel?: { readonly cause: CancellationCause; readonly phases: CancelPhases },
): ScopeSettled {
  return {
    outcome,
    settledAt,
    cause: cancel?.cause,
    phases: cancel?.phases,
    error: undefined,
    ownDeadline: false,
  };
}

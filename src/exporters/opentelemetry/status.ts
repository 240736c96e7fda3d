/**
 * Status policy: a cancel is an outcome, not an error.
 *
 * S1. ERROR only for the owner of an expired timeout or deadline that stopped its body (`timeout`), for an abandoned
 *     scope (`cancellation_abandoned`), and for a real failure (the error's type; on the scope's span only).
 * S2. An abort that passes through a scope it does not belong to has the status of its own cancel: ERROR for an expired
 *     timeout, else none.
 * S3. Everything else stays UNSET. OK is never set: it would forbid a later ERROR.
 */
import type { ScopeInfo, ScopeSettled } from '../../token/index.ts';
import { isAbort, reasonOfAbort } from './abort.ts';
import { errorTypeOf } from './error-type.ts';
import { askUser, type ClassifyInfo, type Settings } from './options.ts';

/** `error.type` where the classify hook makes an error of a cancel. */
const CANCELLED = 'cancelled';

/** The `error.type` of a span of this scope; undefined where its status stays unset. */
export function errorTypeFor(
  span: ClassifyInfo['span'],
  scope: ScopeInfo,
  event: ScopeSettled,
  classify: Settings['classify'],
): string | undefined {
  const errorType = policy(span, event);
  if (classify === undefined || (event.cause === undefined && event.outcome !== 'failed')) return errorType;
  const { outcome, cause, error, ownDeadline } = event;
  const status = errorType === undefined ? 'unset' : 'error';
  const info: ClassifyInfo = { span, scope, outcome, cause, error, ownDeadline, status };
  if (askUser(() => classify(info), ['unset', 'error'], status) === 'unset') return undefined;
  return errorType ?? (outcome === 'failed' ? errorTypeOf(error) : CANCELLED);
}

function policy(span: ClassifyInfo['span'], { outcome, ownDeadline, error }: ScopeSettled): string | undefined {
  switch (outcome) {
    case 'abandoned':
      return 'cancellation_abandoned';
    case 'cancelled':
      return ownDeadline ? 'timeout' : undefined;
    case 'failed':
      return span === 'scope' ? failureType(error) : undefined;
    case 'completed':
    case 'ignored': // it returned its value: nothing failed
      return undefined;
  }
}

function failureType(error: unknown): string | undefined {
  if (!isAbort(error)) return errorTypeOf(error);
  const reason = reasonOfAbort(error); // S2
  return reason === 'timeout' || reason === 'deadline' ? 'timeout' : undefined;
}

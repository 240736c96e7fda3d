/**
 * Scopes for the calls a gRPC client makes.
 */
import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { currentScope, InvalidArgumentError, type ScopeAttributes } from '../../token/index.ts';
import { type Budget, checkedBudget, deadlineIn, deadlineMs } from './call-budget.ts';
import { OutgoingCall } from './outgoing-call.ts';

/** Options of {@link clientInterceptor}. */
export interface ClientInterceptorOptions {
  /** A budget for each call in ms, or one for each path; it ends with `timeout`. Default none. */
  readonly timeoutMs?: Budget;
  /** What describes every call's scope on its span. */
  readonly attributes?: ScopeAttributes;
}

/**
 * Makes an interceptor that gives each call a scope of its own, `grpc.client:/package.service/method`, inside the one
 * around the caller. A cancel of that one cancels the call, and its deadline goes out with the call when it is earlier
 * than the caller's own: the time a call has only shrinks from hop to hop.
 *
 * The error of a call that was cancelled by a scope, its deadline or `call.cancel()` keeps its gRPC `code`, CANCELLED or
 * DEADLINE_EXCEEDED, and has the CancelledError as its `cause`: `isCancelled(error)` knows it. Callbacks and stream
 * events run with the caller's scope as the ambient one, whoever opened the connection.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * const client = new OrdersClient(address, credentials, { interceptors: [clientInterceptor()] });
 */
export function clientInterceptor(options: ClientInterceptorOptions = {}): Interceptor {
  if (typeof options !== 'object' || options === null) throw new InvalidArgumentError('options', 'an object', options);
  const { attributes } = options;
  const budgetOf = checkedBudget('timeoutMs', options.timeoutMs);
  return (callOptions, nextCall) => {
    const around = currentScope();
    const { path } = callOptions.method_definition;
    const own = deadlineMs(callOptions.deadline);
    const timeoutMs = budgetOf(path) ?? Infinity;
    const deadline = deadlineIn(Math.max(0, Math.min(timeoutMs, around?.remainingMs ?? Infinity)));
    const inner = nextCall(deadline < own ? { ...callOptions, deadline } : callOptions); // G18
    const outgoing = new OutgoingCall(inner, { path, around, deadline: own, timeoutMs, attributes });
    return new InterceptingCall(inner, {
      start: (metadata, caller, next) =>
        outgoing.start(caller, () =>
          next(metadata, {
            onReceiveMetadata: (metadata, next) => outgoing.tell(() => next(metadata)),
            onReceiveMessage: (message, next) => outgoing.tell(() => next(message)),
            onReceiveStatus: (status, next) => outgoing.onStatus(status, (told) => next(told)),
          }),
        ),
      cancel: (next) => outgoing.onCallerCancel(next),
    });
  };
}

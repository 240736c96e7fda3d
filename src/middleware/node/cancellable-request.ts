/**
 * `http.request` and its like, whose requests are scopes.
 *
 * C25. Callbacks and listeners keep the context they would have: the ambient scope in them is the one around the request.
 */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { InvalidArgumentError } from '../../token/index.ts';
import { CallPlan, type OutgoingOptions, withBudget } from '../outgoing/index.ts';
import { describe, type RequestArguments, requestArguments } from './request-arguments.ts';
import { hearResponses, watchRequest } from './watch-request.ts';

/** `http.request`, `http.get`, `https.request`, `https.get`, and what can be called like them. */
export interface RequestFunction {
  (options: RequestOptions | string | URL, callback?: (response: IncomingMessage) => void): ClientRequest;
  (url: string | URL, options: RequestOptions, callback?: (response: IncomingMessage) => void): ClientRequest;
}

/**
 * A function like `request`, each request of which is a scope in the ambient one.
 *
 * A request is destroyed when the scope around it is cancelled or its `timeoutMs` is over: with a CancelledError whose
 * cause leads back to who cancelled, which its `error` event gives, or its response's once there is one. The `signal`
 * option goes on doing what it does. The scope ends when the response is read to its end, or cut off.
 *
 * @throws {InvalidArgumentError} naming the option that cannot be what it is.
 *
 * @example
 * const request = cancellableRequest(https.request, { budget: { hosts: ['api.internal'] } });
 * request('https://api.internal/report', (response) => response.pipe(file)).on('error', done).end();
 */
export function cancellableRequest<R extends RequestFunction>(request: R, options: OutgoingOptions = {}): R {
  if (typeof request !== 'function') throw new InvalidArgumentError('request', 'a function like http.request', request);
  const plan = new CallPlan('http', options);
  hearResponses();
  return ((...given: RequestArguments) => start(plan, request, given)) as R;
}

function start(plan: CallPlan, request: RequestFunction, given: RequestArguments): ClientRequest {
  const { url, options, callback } = requestArguments(given);
  const described = describe(url, options);
  const signal = options.signal instanceof AbortSignal ? options.signal : undefined;
  const scope = plan.open(described, signal);
  try {
    const header = plan.headerFor(described.host, scope);
    const headers = header === undefined ? options.headers : withBudget(options.headers, header);
    const made = { ...options, ...(headers !== undefined && { headers }) } as RequestOptions;
    // C25: not in `scope.run`
    const started = url === undefined ? request(made, callback) : request(url, made, callback);
    watchRequest(started, scope, signal);
    return started;
  } catch (error) {
    scope.fail(error);
    scope.close();
    throw error;
  }
}

/**
 * One request to a server, of whatever HTTP version: its scope, and the client that went away.
 *
 * H3. The scope is called `http:{method}`: nobody has to be asked for a route, and the path is never a name.
 */
import type { EventEmitter } from 'node:events';
import { type ClientDisconnected, reportClientDisconnect } from '../instrumentation/index.ts';
import type { Scope } from '../token/index.ts';
import { cancelObserved, completeObserved, nameFor, openObserved } from './observed-scope.ts';

/** Whether the scope that opens now is a server's: its place in a trace is known only later. */
export const opening = { server: false };

/** Who else is told of a client that went away: the main thread, by a worker. */
export const disconnects = { tellToo: (_event: ClientDisconnected): void => {} };

/** How to run something where a request belongs in a trace; set by the exporter that needs it. */
export const place = { inContextOf: (_answer: EventEmitter, run: () => void): void => run() };

/** Opens the scope of a request that `answer` is the answer to. */
export function openRequest(method: unknown, answer: object): Scope {
  opening.server = true;
  try {
    return openObserved(nameFor('http', method), answer);
  } finally {
    opening.server = false;
  }
}

/** The request came to its end. */
export function endRequest(scope: Scope): void {
  completeObserved(scope);
}

/** The client went away before that. */
export function clientGone(scope: Scope, method: unknown, answer: EventEmitter, headersSent: boolean): void {
  place.inContextOf(answer, () => {
    const name = typeof method === 'string' ? method : '';
    const event: ClientDisconnected = { method: name, phase: headersSent ? 'streaming' : 'before_headers' };
    if (reportClientDisconnect(event, answer)) disconnects.tellToo(event);
    cancelObserved(scope, { reason: 'disconnect', message: 'the client closed the connection' });
  });
}

/**
 * What scopes leave behind when only young objects are collected: a service that makes thousands of them a second spends
 * its time copying whatever does not die then. Prints bytes a scope, by what it was used for.
 */
import { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ExecutionContext } from '@nestjs/common';
import { lastValueFrom, of } from 'rxjs';
import { cancelScope, triggers } from '../../src/index.ts';
import { CancellationInterceptor } from '../../src/middleware/nestjs/index.ts';
import { requestScope } from '../../src/middleware/node/index.ts';

const SCOPES = 3_000;
const ROUNDS = 4;
const LONG_MS = 60_000;

const collect = globalThis.gc as (options?: { readonly type: 'minor' }) => void;
const target = new EventEmitter();
const socket = new Socket();

const nothing = (): Promise<void> => Promise.resolve();

/** A request as node:http makes it, answered at once. */
function request(): Promise<void> {
  const incoming = new IncomingMessage(socket);
  const response = new ServerResponse(incoming);
  return requestScope(incoming, response, { route: 'get:/orders/{id}' }, () => void response.end());
}

const handler = (): string => 'order';
const interceptor = new CancellationInterceptor();

/** One of Nest, as its interceptors see it. */
async function requestOfNest(): Promise<void> {
  const incoming = new IncomingMessage(socket);
  const response = new ServerResponse(incoming);
  const context: Partial<ExecutionContext> = {
    getType: () => 'http' as never,
    getHandler: () => handler,
    getClass: () => Set as never,
    switchToHttp: () => ({ getRequest: () => incoming, getResponse: () => response }) as never,
  };
  await lastValueFrom(interceptor.intercept(context as ExecutionContext, { handle: () => of(handler()) }));
  response.end();
  response.emit('close');
}

const USES: Readonly<Record<string, () => Promise<void>>> = {
  plain: () => cancelScope('work', nothing),
  nested: () => cancelScope('work', () => cancelScope('part', nothing)),
  'with a timeout': () => cancelScope('work', { timeoutMs: LONG_MS }, nothing),
  'with a grace': () => cancelScope('work', { graceMs: LONG_MS }, nothing),
  'with a trigger': () => cancelScope('work', { triggers: [triggers.event(target, 'stop')] }, nothing),
  'asked for its signal': () => cancelScope('work', (scope) => void scope.signal),
  'with a listener on its signal': () =>
    cancelScope('work', ({ signal }) => signal.addEventListener('abort', () => {}, { once: true })),
  cancelled: () =>
    cancelScope('work', (scope) => {
      scope.cancel('manual');
      return nothing();
    }),
  'of a request': request,
  'of a request of Nest': requestOfNest,
};

async function bytesOf(use: () => Promise<void>): Promise<number> {
  await times(use, SCOPES); // its code is loaded, and has its feedback
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < ROUNDS; round++) {
    await times(use, SCOPES);
    collect({ type: 'minor' });
  }
  collect({ type: 'minor' }); // what was used last may be on the stack once, and is young twice
  return (process.memoryUsage().heapUsed - before) / (ROUNDS * SCOPES);
}

async function times(use: () => Promise<void>, count: number): Promise<void> {
  for (let time = 0; time < count; time++) await use();
}

const bytes: Record<string, number> = {};
for (const [name, use] of Object.entries(USES)) bytes[name] = Math.round(await bytesOf(use));
console.log(JSON.stringify(bytes));

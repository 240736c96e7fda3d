import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { currentScope } from '../../src/index.ts';
import type { NodeRequest, NodeResponse } from '../../src/middleware/http/index.ts';
import { deferred } from './deferred.ts';
import { type DisconnectClient, disconnectClient } from './disconnect-client.ts';
import { record } from './record.ts';

/** Node's own objects under a framework's: all frameworks have them. */
export interface RawExchange {
  readonly request: NodeRequest;
  readonly response: NodeResponse;
}

/**
 * What the framework's handler calls, in the request's scope, and waits for. It answers through the raw objects, so the
 * framework is told that it need not (`hijack`, `respond = false`, ...). What it rejects with is the handler's error.
 */
export type RawHandler = (exchange: RawExchange) => Promise<void>;

/** A server on loopback. `close` ends its idle connections and resolves once all are gone. */
export interface StartedServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts the framework's server, with its middleware and default options, and GET and POST of `/orders/:id`. Nothing reads
 * the request before the handler does.
 */
export type StartServer = (handler: RawHandler, http: 1 | 2) => Promise<StartedServer>;

const PHASES = ['mid-upload', 'before headers', 'mid-body'] as const;
type Phase = (typeof PHASES)[number];

const ENDINGS = ['the client aborts', 'it ends as usual', 'the server destroys it'] as const;
type Ending = (typeof ENDINGS)[number];

/** One row of the table. */
interface Row {
  readonly http: 1 | 2;
  readonly method: 'GET' | 'POST';
  readonly phase: Phase;
  readonly ending: Ending;
}

/** Tests every row of the disconnect table on one framework. */
export function disconnectTable(framework: string, start: StartServer, { http2 }: { readonly http2: boolean }): void {
  describe.each(rows(http2))(`${framework}, HTTP/$http, $method, $phase`, (row) => {
    const told = row.ending === 'the client aborts' ? 'one disconnect (H1)' : 'no disconnect (H1, H2)';
    test(`${row.ending}: ${told}`, async () => {
      const recorded = record();

      await play(row, start);

      const { phase, method } = row;
      const events = {
        disconnects: recorded.of('clientDisconnected'),
        cancels: recorded.of('cancelRequested').map(({ reason, result }) => `${reason} ${result}`),
        outcomes: recorded.of('scopeSettled').map(({ outcome }) => outcome),
        scopes: recorded.of('scopeOpened').map(({ name }) => name),
      };
      const scopes = [`${method.toLowerCase()}:/orders/{id}`];
      expect(events).toEqual(
        row.ending === 'the client aborts'
          ? {
              disconnects: [{ method, phase: phase === 'mid-body' ? 'streaming' : 'before_headers' }],
              cancels: ['disconnect accepted'],
              outcomes: ['cancelled'],
              scopes,
            }
          : { disconnects: [], cancels: [], outcomes: ['completed'], scopes },
      );
    });
  });
}

function rows(http2: boolean): Row[] {
  const versions = http2 ? ([1, 2] as const) : ([1] as const);
  return versions.flatMap((http) =>
    (['GET', 'POST'] as const).flatMap((method) =>
      PHASES.filter((phase) => method === 'POST' || phase !== 'mid-upload').flatMap((phase) =>
        ENDINGS.map((ending) => ({ http, method, phase, ending })),
      ),
    ),
  );
}

/** Runs one row to its end: handler, connection and server are gone when this resolves. */
async function play({ http, method, phase, ending }: Row, start: StartServer): Promise<void> {
  const entered = deferred();
  const goOn = deferred();
  const ended = deferred();
  const server = await start(async (exchange) => {
    try {
      await reach(phase, exchange);
      entered.resolve();
      await goOn.promise;
      await end(ending, exchange);
    } catch (error) {
      entered.reject(error);
      throw error;
    } finally {
      ended.resolve();
    }
  }, http);
  let close = async (): Promise<void> => server.close();
  onTestFinished(async () => close());
  const client = disconnectClient(http, server.port, method, '/orders/42');
  send(client, method, phase);
  await entered.promise;
  if (phase === 'mid-body') await client.firstPart;
  goOn.resolve();

  if (ending === 'the client aborts') client.leave();
  if (ending === 'it ends as usual' && phase === 'mid-upload') {
    await client.firstPart;
    client.finish('llo');
  }
  await Promise.all([ended.promise, client.over]);
  client.close();
  close = async () => {};
  await server.close();
  await new Promise((resolve) => setImmediate(resolve)); // the scope hears of its handler's end
}

function send(client: DisconnectClient, method: 'GET' | 'POST', phase: Phase): void {
  if (phase === 'mid-upload') client.write('he');
  else if (method === 'POST') client.finish('hello');
  else client.finish();
}

async function reach(phase: Phase, { request, response }: RawExchange): Promise<void> {
  if (phase === 'mid-upload') await once(request, 'readable');
  else if (request.method === 'POST') await once(request.resume(), 'end');
  if (phase === 'mid-body') (response as { write(part: string): boolean }).write('first part');
}

async function end(ending: Ending, { request, response }: RawExchange): Promise<void> {
  const scope = currentScope();
  if (scope === undefined) throw new Error('the handler runs outside its request’s scope');
  if (ending === 'the client aborts') return scope.race(new Promise<never>(() => {}));
  const closed = once(response, 'close');
  if (ending === 'it ends as usual') {
    request.resume();
    response.end('done');
  } else response.destroy();
  await closed;
}

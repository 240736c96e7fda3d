import { request as httpRequest } from 'node:http';
import { describe, expect, test, vi } from 'vitest';
import { currentScope, isCancelled } from '../../../src/index.ts';
import { expressCancellation } from '../../../src/middleware/express/index.ts';
import { deferred } from '../../support/deferred.ts';
import { disconnectClient } from '../../support/disconnect-client.ts';
import { disconnectTable } from '../../support/disconnect-table.ts';
import { EXPRESS_MAJORS, listen, listenInTest } from '../../support/express-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { record } from '../../support/record.ts';

guardLeaks();
guardUnhandled();

for (const { major, express } of EXPRESS_MAJORS) {
  disconnectTable(
    `Express ${major}`,
    (handle) => {
      const app = express();
      app.use(expressCancellation());
      app.all('/orders/:id', (request, response) => handle({ request, response }));
      return listen(app);
    },
    { http2: false },
  );
}

const disconnects = (recorded: ReturnType<typeof record>): unknown => ({
  told: recorded.of('clientDisconnected'),
  cancels: recorded.of('cancelRequested').map(({ reason, result }) => `${reason} ${result}`),
});

const ONCE = { told: [{ method: 'POST', phase: 'before_headers' }], cancels: ['disconnect accepted'] };

describe.each(EXPRESS_MAJORS)('Express $major, the client leaves before the route', ({ express }) => {
  /** Sends half a body, and leaves once `ready` resolves. */
  async function leaveMidUpload(origin: string, ready: Promise<unknown>): Promise<void> {
    const headers = { 'content-type': 'application/json', 'content-length': 100 };
    const client = httpRequest(`${origin}/orders/42`, { method: 'POST', headers, agent: false });
    client.on('error', () => {});
    client.write('{"half":');
    await ready;
    client.destroy();
    await new Promise((resolve) => client.once('close', resolve));
  }

  test('H1a: in the middle of an upload that a body parser reads: one disconnect, and the route never runs', async () => {
    const recorded = record();
    const entered = deferred();
    const parserError = deferred<unknown>();
    const app = express();
    app.use(expressCancellation());
    app.use((request, _response, next) => {
      request.once('data', () => entered.resolve());
      next();
    });
    app.use(express.json());
    app.post('/orders/:id', () => expect.fail('ran'));
    app.use((error: unknown, _request: unknown, _response: unknown, _next: unknown) => parserError.resolve(error));
    const origin = await listenInTest(app);

    await leaveMidUpload(origin, entered.promise);

    expect(await parserError.promise).toMatchObject({ type: 'request.aborted' });
    expect(disconnects(recorded)).toEqual(ONCE);
    expect(recorded.of('scopeOpened')).toEqual([]);
  });

  test('XR3: middleware that holds the early signal is cancelled by it, and a route after that is not run', async () => {
    const recorded = record();
    const entered = deferred();
    const reason = deferred<unknown>();
    const passed = deferred();
    const app = express();
    app.use(expressCancellation());
    app.use((request, _response, next) => {
      const { signal } = request.cancellation;
      signal.addEventListener('abort', () => {
        reason.resolve(signal.reason);
        next();
        passed.resolve();
      });
      entered.resolve();
    });
    app.post('/orders/:id', () => expect.fail('ran'));
    const origin = await listenInTest(app);

    await leaveMidUpload(origin, entered.promise);
    await passed.promise;

    expect(isCancelled(await reason.promise, 'disconnect')).toBe(true);
    expect(disconnects(recorded)).toEqual(ONCE);
    expect(recorded.of('tokenCancelled')).toMatchObject([{ token: { name: 'post:_unrouted' } }]);
  });

  test('XR3: a route that is detached from its client is run all the same, and nothing is told twice', async () => {
    const recorded = record();
    const entered = deferred();
    const ran = deferred<unknown>();
    const app = express();
    app.use(expressCancellation({ forRoute: () => ({ onDisconnect: 'detach' }) }));
    app.use((request, response, next) => {
      response.once('close', () => setImmediate(next));
      request.once('data', () => entered.resolve());
    });
    app.post('/orders/:id', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      ran.resolve(currentScope()?.isCancelled);
    });
    const origin = await listenInTest(app);

    await leaveMidUpload(origin, entered.promise);

    expect(await ran.promise).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(disconnects(recorded)).toEqual(ONCE);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
  });

  test('XR3: an early token hears of a disconnect in the route too, and it is one cancel', async () => {
    const recorded = record();
    const entered = deferred();
    const reason = deferred<unknown>();
    const app = express();
    app.use(expressCancellation());
    app.use((request, _response, next) => {
      const { signal } = request.cancellation;
      signal.addEventListener('abort', () => reason.resolve(signal.reason));
      next();
    });
    app.post('/orders/:id', async () => {
      entered.resolve();
      await currentScope()?.race(new Promise(() => {}));
    });
    const origin = await listenInTest(app);

    await leaveMidUpload(origin, entered.promise);

    expect(isCancelled(await reason.promise, 'disconnect')).toBe(true);
    expect(disconnects(recorded)).toEqual(ONCE);
  });
});

describe.each(EXPRESS_MAJORS)('Express $major, the client leaves in the route', ({ express }) => {
  test.each([
    [
      'rejects',
      (): Promise<never> =>
        (currentScope() as never as { race(p: unknown): Promise<never> }).race(new Promise(() => {})),
    ],
    [
      'tells next',
      (_request: unknown, _response: unknown, next: (error: unknown) => void): void => {
        currentScope()?.onCancel(() => {
          try {
            currentScope()?.throwIfCancelled();
          } catch (error) {
            next(error);
          }
        });
      },
    ],
  ])(
    'XR5: a handler that %s with the disconnect: no error handler is called, nothing is logged',
    async (_how, handler) => {
      const recorded = record();
      const entered = deferred();
      const closed = deferred();
      const logged = vi.spyOn(console, 'error');
      const app = express();
      app.use(expressCancellation());
      app.get('/orders/:id', (_request, response, next) => {
        response.once('close', () => setImmediate(() => setImmediate(() => closed.resolve())));
        entered.resolve();
        next();
      });
      app.get('/orders/:id', handler as never);
      const seen: unknown[] = [];
      app.use((error: unknown, _request: unknown, _response: unknown, _next: unknown) => void seen.push(error));
      const server = await listen(app);
      const client = disconnectClient(1, server.port, 'GET', '/orders/42');
      client.finish();
      await entered.promise;

      client.leave();
      await closed.promise;
      await server.close();

      expect(seen).toEqual([]);
      expect(logged).not.toHaveBeenCalled();
      logged.mockRestore();
      expect(recorded.of('scopeSettled').map(({ outcome }) => outcome)).toEqual(['completed', 'cancelled']);
      expect(recorded.of('clientDisconnected')).toHaveLength(1);
    },
  );
});

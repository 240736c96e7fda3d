import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import { currentScope } from '../../src/index.ts';
import { randoms } from './barrier.ts';
import { deferred } from './deferred.ts';
import { disconnectClient } from './disconnect-client.ts';
import type { RawExchange, StartServer } from './disconnect-table.ts';
import { monitorInTest } from './record.ts';

/** What one client is going to do. */
interface Plan {
  readonly method: 'GET' | 'POST';
  readonly phase: 'mid-upload' | 'before headers' | 'mid-body';
  readonly leaves: boolean;
}

/** What happened, all told. */
interface Counts {
  disconnects: number;
  cancels: number;
  readonly outcomes: Record<string, number>;
}

const CLIENTS_AT_ONCE = 40;

function plansFrom(seed: number, requests: number): Plan[] {
  const random = randoms(seed);
  return Array.from({ length: requests }, () => {
    const method = random(2) === 0 ? 'GET' : 'POST';
    const phases =
      method === 'GET'
        ? (['before headers', 'mid-body'] as const)
        : (['mid-upload', 'before headers', 'mid-body'] as const);
    return { method, phase: phases[random(phases.length)] ?? 'mid-body', leaves: random(5) < 2 };
  });
}

/**
 * Many clients at once, some of whom leave at a random point: the disconnects counted are those made, each one the right
 * request's, and nothing else is cancelled. The server is one of the disconnect table's.
 */
export async function expectDisconnectsCounted(start: StartServer, requests: number, http: 1 | 2 = 1): Promise<void> {
  const seed = Date.now() % 1_000_000_000;
  console.log(`seed ${seed}`);
  const plans = plansFrom(seed, requests);
  const counts: Counts = { disconnects: 0, cancels: 0, outcomes: {} };
  monitorInTest({
    clientDisconnected: () => void counts.disconnects++,
    cancelRequested: () => void counts.cancels++,
    scopeSettled: (_scope, { outcome }) => void (counts.outcomes[outcome] = (counts.outcomes[outcome] ?? 0) + 1),
  });
  const reached = plans.map(() => deferred());
  const cancelled = plans.map(() => deferred<boolean>());
  const server = await start(async (exchange) => {
    const index = Number(exchange.request.url?.split('/').at(-1));
    const plan = plans[index] as Plan;
    try {
      await handle(plan, exchange, () => reached[index]?.resolve());
    } finally {
      cancelled[index]?.resolve(currentScope()?.isCancelled === true);
    }
  }, http);
  onTestFinished(async () => server.close());

  let next = 0;
  const client = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) {
      const { method, phase, leaves } = plans[index] as Plan;
      const connection = disconnectClient(http, server.port, method, `/orders/${index}`);
      if (phase === 'mid-upload') connection.write('he');
      else connection.finish(method === 'POST' ? 'hello' : undefined);
      await reached[index]?.promise;
      if (leaves) connection.leave();
      else {
        if (phase === 'mid-upload') connection.finish('llo');
        await connection.over;
      }
      expect({ index, cancelled: await cancelled[index]?.promise }).toEqual({ index, cancelled: leaves });
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, client));
  await new Promise((resolve) => setImmediate(resolve)); // the last scope hears of its handler's end

  const left = plans.filter(({ leaves }) => leaves).length;
  expect(counts).toEqual({
    disconnects: left,
    cancels: left,
    outcomes: { cancelled: left, completed: requests - left },
  });
}

/** Plays one request on the server's side. */
async function handle(
  { method, phase, leaves }: Plan,
  { request, response }: RawExchange,
  reached: () => void,
): Promise<void> {
  if (phase === 'mid-upload') await once(request, 'readable');
  else if (method === 'POST') await once(request.resume(), 'end');
  if (phase === 'mid-body') (response as { write(part: string): boolean }).write('first part');
  reached();
  if (leaves) return currentScope()?.race(new Promise<never>(() => {}));
  const closed = once(response, 'close');
  request.resume();
  if (phase === 'mid-upload') await once(request, 'end');
  response.end('done');
  await closed;
}

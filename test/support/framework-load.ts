import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { currentScope } from '../../src/index.ts';
import { randoms } from './barrier.ts';
import { type Deferred, deferred } from './deferred.ts';
import { disconnectClient } from './disconnect-client.ts';
import { outcomes, scopesEnded, type StartFramework } from './framework-contract.ts';
import { record } from './record.ts';

const REQUESTS = 1_000;
const AT_ONCE = 25;

const PLANS = ['answered', 'streamed', 'leaves before the answer', 'leaves in the middle of it'] as const;
type Plan = (typeof PLANS)[number];

/** Tests on one framework that cancels are disconnects, and disconnects cancels. */
export function frameworkLoad(start: StartFramework): void {
  test('1,000 requests, clients leaving at random: as many cancels as disconnects, 0 false, 0 missed (H1, H2)', async () => {
    const seed = Date.now() % 1_000_000;
    const random = randoms(seed);
    console.log(`seed ${seed}`);
    const recorded = record();
    const over = scopesEnded(REQUESTS);
    const plans = Array.from({ length: REQUESTS }, () => PLANS[random(PLANS.length)] as Plan);
    const entered = plans.map(() => deferred());
    const cancelled = new Set<number>();
    const { port } = await start({}, async ({ id }) => serve(Number(id), plans, entered, cancelled));

    let next = 0;
    const visitor = async (): Promise<void> => {
      while (next < REQUESTS) {
        const id = next++;
        await visit(port, id, plans[id] as Plan, entered[id] as Deferred<void>);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, visitor));
    await over;

    const leaving = plans.flatMap((plan, id) => (plan.startsWith('leaves') ? [id] : []));
    expect(
      [...cancelled].toSorted((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual(leaving);
    expect(recorded.of('clientDisconnected'), `seed ${seed}`).toHaveLength(leaving.length);
    expect(recorded.of('cancelRequested'), `seed ${seed}`).toHaveLength(leaving.length);
    expect(outcomes(recorded).filter((outcome) => outcome === 'completed')).toHaveLength(REQUESTS - leaving.length);
    expect(outcomes(recorded).filter((outcome) => outcome === 'cancelled')).toHaveLength(leaving.length);
  }, 60_000);
}

async function serve(
  id: number,
  plans: readonly Plan[],
  entered: readonly Deferred<void>[],
  cancelled: Set<number>,
): Promise<string | Readable> {
  const scope = currentScope();
  scope?.onCancel(() => cancelled.add(id));
  entered[id]?.resolve();
  switch (plans[id]) {
    case 'leaves before the answer':
      return (await scope?.race(new Promise<never>(() => {}))) ?? 'no scope';
    case 'leaves in the middle of it':
      return openStream();
    case 'streamed':
      return Readable.from(['first part', 'last part']);
    default:
      return 'all of it';
  }
}

async function visit(port: number, id: number, plan: Plan, entered: Deferred<void>): Promise<void> {
  const client = disconnectClient(1, port, 'GET', `/orders/${id}`);
  client.finish();
  await entered.promise;
  if (plan === 'leaves in the middle of it') await client.firstPart;
  if (plan.startsWith('leaves')) client.leave();
  await client.over;
  client.close();
}

/** A body that stays open after its first part. */
function openStream(): Readable {
  const body = new Readable({ read() {} });
  body.push('first part');
  return body;
}

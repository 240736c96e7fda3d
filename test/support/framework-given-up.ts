import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { CancellationToken } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { deferred } from './deferred.ts';
import { disconnectClient } from './disconnect-client.ts';
import { outcomes, scopesEnded, type StartFramework } from './framework-contract.ts';
import { ask } from './http-answer.ts';
import { loopTurn } from './process-errors.ts';
import { monitorInTest, record } from './record.ts';

/** Tests on one framework requests that nobody works for any more, and work that nobody waits for any more. */
export function givenUpContract(
  start: StartFramework,
  late: 'late streams are destroyed' | 'late streams are left',
): void {
  test.each([
    ['by a shutdown: 503', (token: CancellationToken) => (token.cancel('shutdown'), { token }), 503],
    ['by a budget of nothing: 504', () => ({ timeoutMs: 0 }), 504],
  ] as const)('a request cancelled before it begins runs no handler, %s', async (_case, optionsWith, status) => {
    const recorded = record();
    const over = scopesEnded(1);
    let ran = false;
    const { port } = await start(optionsWith(new CancellationToken()), async () => {
      ran = true;
      return 'x';
    });

    const answer = await ask(port, '/orders/1');
    await over;

    expect([answer.status, ran]).toEqual([status, false]);
    expect(outcomes(recorded)).toEqual(['cancelled']);
  });

  test.each(['returns', 'throws', 'streams'])(
    'a handler that ignores its cancel is answered for after the grace; that it %s later is nobody’s',
    async (later) => {
      const recorded = record();
      const over = scopesEnded(1);
      const clock = virtualClock();
      const [entered, goOn, left] = [deferred(), deferred(), deferred()];
      const stream = new Readable({ read() {} });
      const { port } = await start({ clock, timeoutMs: 10, graceMs: 20 }, async () => {
        entered.resolve();
        await goOn.promise;
        left.resolve();
        if (later === 'throws') throw new Error('late');
        return later === 'streams' ? stream : 'late';
      });
      const answer = ask(port, '/orders/1');
      await entered.promise;

      await clock.advance(30);
      const { status, body } = await answer;
      await over;
      const running = recorded.of('zombieDetected').length - recorded.of('zombieEnded').length;
      goOn.resolve();
      await left.promise;
      await loopTurn();
      await loopTurn();

      expect(status).toBe(504);
      expect(body).not.toContain('late');
      expect(outcomes(recorded)).toEqual(['abandoned']);
      expect([running, recorded.of('zombieEnded').length]).toEqual([1, 1]);
      expect(stream.destroyed).toBe(later === 'streams' && late === 'late streams are destroyed');
    },
  );

  test.each([['detach', 'completed'] as const, [{ afterMs: 50 }, 'cancelled'] as const])(
    'a client that leaves, by the policy %j: %s',
    async (onDisconnect, outcome) => {
      const recorded = record();
      const over = scopesEnded(1);
      const clock = virtualClock();
      const [entered, gone, goOn] = [deferred(), deferred(), deferred<string>()];
      monitorInTest({ clientDisconnected: () => gone.resolve() });
      const { port } = await start({ clock, onDisconnect }, async ({ cancellation }) => {
        entered.resolve();
        return cancellation.scope?.race(goOn.promise) ?? 'no scope';
      });
      const client = disconnectClient(1, port, 'GET', '/orders/1');
      client.finish();
      await entered.promise;

      client.leave();
      await gone.promise;
      const before = recorded.of('cancelRequested').length;
      await clock.advance(50);
      goOn.resolve('for later');
      await over;

      expect(before).toBe(0);
      expect(outcomes(recorded)).toEqual([outcome]);
      expect(recorded.of('clientDisconnected')).toHaveLength(1);
    },
  );
}

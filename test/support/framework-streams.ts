import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { isCancelled } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { disconnectClient } from './disconnect-client.ts';
import { outcomes, scopesEnded, type StartFramework } from './framework-contract.ts';
import { ask } from './http-answer.ts';
import { record } from './record.ts';

/** Tests on one framework what answers do that stream on after their handler. */
export function streamContract(start: StartFramework): void {
  /** A body that stays open after its first part. */
  const open = (): Readable => {
    const body = new Readable({ read() {} });
    body.push('first part');
    return body;
  };

  test('an answer that streams keeps the scope open until it is over', async () => {
    const recorded = record();
    const over = scopesEnded(1);
    const body = open();
    const { port } = await start({}, async () => body);
    const client = disconnectClient(1, port, 'GET', '/orders/1');
    client.finish();
    await client.firstPart;
    const before = outcomes(recorded);

    body.push(null);
    await Promise.all([over, client.over]);

    expect(before).toEqual([]);
    expect(outcomes(recorded)).toEqual(['completed']);
  });

  test('an answer that streams ends with the client: one disconnect, its source destroyed, and no error reported', async () => {
    const recorded = record();
    const over = scopesEnded(1);
    const body = open();
    const { port, errors } = await start({}, async () => body);
    const client = disconnectClient(1, port, 'GET', '/orders/1');
    client.finish();
    await client.firstPart;

    client.leave();
    await over;

    expect(recorded.of('clientDisconnected')).toEqual([{ method: 'GET', phase: 'streaming' }]);
    expect(outcomes(recorded)).toEqual(['cancelled']);
    expect([body.destroyed, errors()]).toEqual([true, []]);
  });

  test('an answer that streams is cut off by another cancel (Q4), and its source destroyed', async () => {
    const recorded = record();
    const over = scopesEnded(1);
    const clock = virtualClock();
    const body = open();
    const { port, errors } = await start({ clock, timeoutMs: 10 }, async () => body);
    const answer = ask(port, '/orders/1');
    await answer.started;

    await clock.advance(10);
    const { isWhole } = await answer;
    await over;

    expect([isWhole, body.destroyed]).toEqual([false, true]);
    expect(outcomes(recorded)).toEqual(['cancelled']);
    expect(recorded.of('clientDisconnected')).toEqual([]);
    for (const error of errors()) expect(isCancelled(error, 'timeout')).toBe(true);
  });

  test('an answer that streams may say a last word at its cancel', async () => {
    const over = scopesEnded(1);
    const clock = virtualClock();
    const { port } = await start({ clock, timeoutMs: 10 }, async ({ cancellation }) => {
      const body = open();
      cancellation.token.onCancel(() => {
        body.push(', last word');
        body.push(null);
      });
      return body;
    });
    const answer = ask(port, '/orders/1');
    await answer.started;

    await clock.advance(10);
    const { isWhole, body } = await answer;
    await over;

    expect([isWhole, body]).toEqual([true, 'first part, last word']);
  });
}

import { describe, expect, test } from 'vitest';
import {
  type Delivery,
  type DeliveryEvent,
  next,
  OutgoingCancel,
  waitMs,
} from '../../../src/backends/process/outgoing-cancel.ts';
import { virtualClock } from '../../../src/testing/index.ts';

const MESSAGE = { kind: 'cancel', id: '1-0-1' };

/** An outgoing cancel, started at 0; when it was sent, and how it ended. */
function started(isHeard: boolean) {
  const clock = virtualClock();
  const sentAt: number[] = [];
  const ends: string[] = [];
  const route = {
    clock,
    isHeard,
    send: () => void sentAt.push(clock.now()),
    ended: (_: unknown, how: string) => void ends.push(how),
  };
  const outgoing = new OutgoingCancel('1-0-1', 'stop', MESSAGE, route);
  outgoing.start();
  return { clock, route, sentAt, ends, outgoing };
}

describe('N1: a cancel without an answer', () => {
  test('is sent ten times: 50 ms apart, then twice as long each time, at most a second', async () => {
    const { clock, sentAt } = started(false);

    await clock.advance(60_000);

    expect(sentAt).toEqual([0, 50, 150, 350, 750, 1550, 2550, 3550, 4550, 5550]);
    expect([1, 2, 3, 5, 6, 10].map(waitMs)).toEqual([50, 100, 200, 800, 1000, 1000]);
  });

  test('waits as long as nobody there listens, and is sent again as soon as somebody does', async () => {
    const { clock, sentAt, ends, outgoing, route } = started(false);
    await clock.advance(60_000);
    expect(ends).toEqual([]);

    route.isHeard = true;
    outgoing.on('listening');

    expect(sentAt.slice(10)).toEqual([60_000]);
    await clock.advance(60);
    expect(sentAt.slice(10)).toEqual([60_000, 60_050]);
  });

  test('is dropped when somebody listens and never answers', async () => {
    const { clock, ends } = started(true);

    await clock.advance(6_549);
    expect(ends).toEqual([]);
    await clock.advance(1);

    expect(ends).toEqual(['dropped']);
  });
});

describe('N2: it ends once', () => {
  test.each(['answered', 'lost'] as const)('when %s, with no timer left and nothing sent after', async (event) => {
    const { clock, sentAt, ends, outgoing } = started(true);

    for (const again of [event, 'answered', 'lost', 'listening'] as const) outgoing.on(again);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(60_000);

    expect(ends).toEqual([event === 'lost' ? 'dropped' : 'answered']);
    expect(sentAt).toEqual([0]);
  });

  test('when it is answered while it is being sent', () => {
    const clock = virtualClock();
    const ends: string[] = [];
    const outgoing: OutgoingCancel = new OutgoingCancel('1-0-1', 'stop', MESSAGE, {
      clock,
      isHeard: true,
      send: () => outgoing.on('answered'),
      ended: (_, how) => void ends.push(how),
    });

    outgoing.start();

    expect(ends).toEqual(['answered']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('whatever happens in whatever order', () => {
    const events: DeliveryEvent[] = ['overdue', 'overdue, unheard', 'listening', 'answered', 'lost'];
    const first: Delivery = { state: 'sent', attempt: 1 };
    const last: Delivery = { state: 'sent', attempt: 10 };

    const states = (from: Delivery): string[] => events.map((event) => next(from, event).state);

    expect(states(first)).toEqual(['sent', 'sent', 'sent', 'answered', 'dropped']);
    expect(states(last)).toEqual(['dropped', 'parked', 'sent', 'answered', 'dropped']);
    expect(states({ state: 'parked' })).toEqual(['parked', 'parked', 'sent', 'answered', 'dropped']);
    expect(states({ state: 'answered' })).toEqual(events.map(() => 'answered'));
    expect(states({ state: 'dropped' })).toEqual(events.map(() => 'dropped'));
  });
});

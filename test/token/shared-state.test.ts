import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { processState, reviveCause, takeIn, watch } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { HandState } from '../support/hand-state.ts';
import { loopTurn } from '../support/process-errors.ts';
import { record } from '../support/record.ts';

guardLeaks();

const elsewhere = (message = 'from elsewhere') => reviveCause({ reason: 'disconnect', message });

/** Has `arrive` called where cancels by others arrive, as long as `run` runs. */
function withInbox(arrive: () => void, run: () => void): void {
  const before = processState.inbox;
  processState.inbox = { bell: Int32Array.of(1), heard: 0, receive: arrive }; // it has rung
  try {
    run();
  } finally {
    processState.inbox = before;
  }
}

describe('H1: the backend decides who wins', () => {
  test('a cancel that it lets win stands', () => {
    const token = new CancellationToken();
    const state = new HandState(token);

    expect(token.cancel('timeout', 'mine')).toBe(true);

    expect(state.standing).toBe(token.cause);
    expect(state.settled).toBe(1);
  });

  test('a cancel that comes second takes over the cause that stands', async () => {
    const token = new CancellationToken();
    const child = token.child();
    const state = new HandState(token);
    const heard: (string | undefined)[] = [];
    token.onCancel(({ message }) => heard.push(message));
    state.standing = elsewhere();

    const won = token.cancel('timeout', 'mine');
    const onStack = [...heard];
    await loopTurn();

    expect(token.cause).toBe(state.standing);
    expect([won, child.cause?.root.message]).toEqual([false, 'from elsewhere']);
    expect([onStack, heard]).toEqual([[], ['from elsewhere']]);
  });

  test('is told apart in telemetry: one accepted, one redundant', () => {
    const recorded = record();
    const token = new CancellationToken();
    const lost = new CancellationToken();
    new HandState(token);
    new HandState(lost).standing = elsewhere();

    token.cancel();
    lost.cancel();

    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['accepted', 'redundant']);
    expect(recorded.of('tokenCancelled')).toHaveLength(1);
  });

  test('one below a cancelled token is settled too, before any listener runs', () => {
    const token = new CancellationToken();
    const state = new HandState(token.child());
    const seen: unknown[] = [];
    token.onCancel(() => seen.push(state.standing?.reason));

    token.cancel('shutdown');

    expect(seen).toEqual(['parent']);
    expect(state.standing?.root.reason).toBe('shutdown');
  });

  test('one below, that others cancelled first, keeps their cause', () => {
    const token = new CancellationToken();
    const child = token.child();
    const below = child.child();
    const state = new HandState(child);
    state.standing = elsewhere();

    token.cancel('shutdown');

    expect(child.cause).toBe(state.standing);
    expect(below.cause?.root).toBe(state.standing);
  });

  test('of two cancelled as one event, the one that others cancelled first keeps their cause', () => {
    const recorded = record();
    const controller = new AbortController();
    const [first, second] = [1, 2].map(() => CancellationToken.any([controller.signal])) as [
      CancellationToken,
      CancellationToken,
    ];
    const state = new HandState(first);
    state.standing = elsewhere();

    controller.abort();

    expect(first.cause).toBe(state.standing);
    expect(second.cause?.reason).toBe('abort');
    expect(recorded.of('cancelRequested').map(({ result }) => result)).toEqual(['redundant', 'accepted']);
  });

  test('is let go of when its token is disposed, and when its scope settles', () => {
    const token = new CancellationToken();
    const scope = openScope('work');
    const states = [new HandState(token), new HandState(scope.token)];

    token.dispose();
    scope.close();

    expect(states.map(({ released, settled }) => [released, settled])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  test.each([
    ['a listener', (token: CancellationToken) => token.onCancel(() => {})],
    ['a promise', (token: CancellationToken) => token.whenCancelled()],
    ['a child', (token: CancellationToken) => token.child()],
    ['a link', (token: CancellationToken) => CancellationToken.any([token])],
    ['a scope', (token: CancellationToken) => openScope('work', { token, detached: true }).close()],
  ])('is told to keep a token on which %s hangs', (_what, hang) => {
    const token = new CancellationToken();
    const state = new HandState(token);

    void hang(token);

    expect(state.kept).toBeGreaterThan(0);
    token.cancel();
  });
});

describe('H2: before a token is looked at, what was cancelled elsewhere is taken in', () => {
  test.each([
    ['isCancelled', (token: CancellationToken) => token.isCancelled],
    ['cause', (token: CancellationToken) => token.cause?.message === 'from elsewhere'],
    ['throwIfCancelled', (token: CancellationToken) => throws(() => token.throwIfCancelled())],
    ['a view', (token: CancellationToken) => token.readonly().isCancelled],
    ['a child that is made of it', (token: CancellationToken) => token.child().isCancelled],
    ['a late listener', (token: CancellationToken) => hears(token)],
    ['a signal asked for late', (token: CancellationToken) => token.signal.aborted],
    ['any of it', (token: CancellationToken) => CancellationToken.any([token]).isCancelled],
    ['all of it', (token: CancellationToken) => CancellationToken.all([token]).isCancelled],
    ['cancel', (token: CancellationToken) => !token.cancel() && token.cause?.message === 'from elsewhere'],
    ['dispose', (token: CancellationToken) => (token.dispose(), token.isCancelled)],
    ['a scope given it', (token: CancellationToken) => openedWith(token)],
  ])('by %s, when it has arrived', (_how, look) => {
    const token = new CancellationToken();
    const state = new HandState(token);
    let seen = false;

    withInbox(
      () => {
        state.standing ??= elsewhere();
        state.look();
      },
      () => (seen = look(token)),
    );

    expect(seen).toBe(true);
  });

  test.each([
    ['isCancelled', (token: CancellationToken) => token.isCancelled],
    ['cause', (token: CancellationToken) => token.cause !== undefined],
    ['throwIfCancelled', (token: CancellationToken) => throws(() => token.throwIfCancelled())],
  ])('by %s, also when it is decided and has not arrived', (_how, look) => {
    const token = new CancellationToken();
    const state = new HandState(token);
    state.standing = elsewhere();
    let seen = false;

    withInbox(
      () => {},
      () => (seen = look(token)),
    );

    expect(seen).toBe(true);
  });

  test('a scope’s state included', () => {
    const token = new CancellationToken();
    watch(token);
    const scope = openScope('work', { token, detached: true });
    let state = '';

    withInbox(
      () => takeIn([[token, elsewhere()]]),
      () => (state = scope.state),
    );

    expect(state).toBe('cancelling');
    scope.close();
  });
});

function throws(run: () => void): boolean {
  try {
    run();
  } catch {
    return true;
  }
  return false;
}

function hears(token: CancellationToken): boolean {
  let heard = false;
  token.onCancel(() => (heard = true));
  return heard;
}

function openedWith(token: CancellationToken): boolean {
  const scope = openScope('work', { token, detached: true });
  const { isCancelled } = scope;
  scope.close();
  return isCancelled;
}

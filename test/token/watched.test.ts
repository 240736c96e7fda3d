import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope } from '../../src/index.ts';
import { shareToken } from '../../src/backends/thread/index.ts';
import { processState, reviveCause, takeIn, watch } from '../../src/token/index.ts';
import { startThread } from '../support/thread-agent.ts';

/** Whether looking at `token` takes in what has arrived. */
function isLookedUp(token: CancellationToken): boolean {
  const before = processState.inbox;
  let asked = 0;
  processState.inbox = { bell: Int32Array.of(1), heard: 0, receive: () => void asked++ };
  try {
    void token.isCancelled;
  } finally {
    processState.inbox = before;
  }
  return asked > 0;
}

function watched(): CancellationToken {
  const token = new CancellationToken();
  watch(token);
  return token;
}

describe('T15: what derives from a watched token is watched', () => {
  test.each<[string, (token: CancellationToken) => CancellationToken]>([
    ['a child', (token) => token.child()],
    ['any of it', (token) => CancellationToken.any([new CancellationToken(), token])],
    ['all of it', (token) => CancellationToken.all([token, new CancellationToken()])],
    ['any of its signal', (token) => CancellationToken.any([token.signal])],
    ['a scope given it', (token) => openScope('work', { token, detached: true }).token],
    ['a child of what is linked to it', (token) => CancellationToken.any([token]).child()],
  ])('%s, made before or after', (_what, derive) => {
    const early = new CancellationToken();
    const derivedEarly = derive(early);
    watch(early);

    expect(isLookedUp(derivedEarly)).toBe(true);
    expect(isLookedUp(derive(watched()))).toBe(true);
    takeIn([[early, reviveCause({ reason: 'manual' })]]);
  });

  test('a child handed to a watched parent by one that ended between', () => {
    const parent = watched();
    const middle = parent.child();
    const child = middle.child();
    middle.dispose();

    expect(isLookedUp(child)).toBe(true);
    parent.dispose();
  });

  test('and nothing else: a token of its own is not looked up', () => {
    watched();

    expect(isLookedUp(new CancellationToken())).toBe(false);
  });
});

test('a loop that does nothing but look, long since optimised, sees the cancel (H4)', async () => {
  await using worker = startThread();
  const token = new CancellationToken({ name: 'looked-at' });
  await worker.run.attach('looked-at', shareToken(token));
  const looking = worker.run.spin('looked-at');

  let passed = 0;
  while (passed < 1_000_000_000) passed++; // as long as that takes, the other thread looks
  token.cancel('manual', 'enough looked');

  expect((await looking)?.message).toBe('enough looked');
});

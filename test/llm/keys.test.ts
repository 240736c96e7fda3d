import { EventEmitter } from 'node:events';
import type { ReadStream } from 'node:tty';
import { CancellationToken } from 'cancelscope';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keysIn, spaceTokens } from '../../examples/llm/keys.ts';
import { keysOnMain } from '../../examples/llm/keys-main.ts';
import { rawMode } from '../../examples/llm/raw-mode.ts';
import { SpaceKey } from '../../examples/llm/space-key.ts';

const ESCAPE = '\u001b';

describe('keysIn', () => {
  test.each([
    [' ', ['space']],
    ['q', ['q']],
    ['Q', ['q']],
    ['\u0003', ['Ctrl-C']],
    ['  q', ['space', 'space', 'q']],
    ['xyz\r\n\u0004', []],
    [`${ESCAPE}[A ${ESCAPE}OP`, ['space']],
    [`${ESCAPE}[2 q${ESCAPE}[1;5A`, []],
    [`${ESCAPE}q`, []],
  ])('%j is %j', (sent, keys) => {
    expect(keysIn(sent)).toEqual(keys);
  });
});

describe('SpaceKey', () => {
  test('a press cancels the token that waits, with manual and what was pressed', () => {
    const space = new SpaceKey();
    const token = new CancellationToken();
    space.arm(token);

    space.press();

    expect(token.cause).toMatchObject({ reason: 'manual', message: 'SPACE' });
  });

  test('S1: a press between two tokens is owed to the next one', () => {
    const space = new SpaceKey();
    const [first, second, third] = [new CancellationToken(), new CancellationToken(), new CancellationToken()];
    space.arm(first);
    space.press();
    space.press();

    space.arm(second);
    space.arm(third);

    expect([second.isCancelled, third.isCancelled]).toEqual([true, false]);
  });

  test('S1: after any presses, at any moments, it is paused exactly when their number is odd', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('press', 'look')), (steps) => {
        const space = new SpaceKey();
        const next = spaceTokens((token) => space.arm(token));
        let isPaused = false;
        let current = next();
        // What the chat does: each spent token is one pause or one resume.
        const look = (): void => {
          for (; current.isCancelled; current = next()) isPaused = !isPaused;
        };
        for (const step of steps) {
          if (step === 'press') space.press();
          else look();
        }
        look();

        expect(isPaused).toBe(steps.filter((step) => step === 'press').length % 2 === 1);
      }),
    );
  });
});

describe('keysOnMain', () => {
  test('the token for SPACE stays the same until SPACE is pressed; then there is a new one', () => {
    const { terminal, type } = fakeTerminal();
    const keys = keysOnMain(terminal);
    const first = keys.nextSpace();

    const same = keys.nextSpace();
    type(' ');
    const second = keys.nextSpace();

    expect(same).toBe(first);
    expect(first.isCancelled).toBe(true);
    expect(second).not.toBe(first);
    expect(second.isCancelled).toBe(false);
  });

  test.each([
    ['q', 'q'],
    ['\u0003', 'Ctrl-C'],
  ])('%j stops, and the cause says that it was %s', (sent, message) => {
    const { terminal, type } = fakeTerminal();
    const keys = keysOnMain(terminal);

    type(sent);

    expect(keys.stop.cause).toMatchObject({ reason: 'manual', message });
    expect(keys.nextSpace().isCancelled).toBe(false);
  });

  test('disposed, it hears no keys and lets the terminal rest', async () => {
    const { terminal, type, calls } = fakeTerminal();
    const keys = keysOnMain(terminal);

    await keys[Symbol.asyncDispose]();
    type('q');

    expect(keys.stop.isCancelled).toBe(false);
    expect(calls).toEqual(['pause']);
  });
});

describe('rawMode', () => {
  test('R1: it is undone once, and leaves no listener behind', () => {
    const { terminal, calls } = fakeTerminal();
    const before = process.listeners('exit');

    const raw = rawMode(terminal);
    raw[Symbol.dispose]();
    raw[Symbol.dispose]();

    expect(calls).toEqual(['raw true', 'raw false']);
    expect(process.listeners('exit')).toEqual(before);
  });

  test('R1: it is undone at the exit of the process', () => {
    const { terminal, calls } = fakeTerminal();
    const raw = rawMode(terminal);

    process.listeners('exit').at(-1)?.(0);

    expect(calls).toEqual(['raw true', 'raw false']);
    raw[Symbol.dispose]();
  });
});

/** What is asked of a terminal, written down. */
function fakeTerminal(): { terminal: ReadStream; type: (sent: string) => void; calls: string[] } {
  const calls: string[] = [];
  const terminal = Object.assign(new EventEmitter(), {
    setEncoding: () => terminal,
    pause: () => calls.push('pause'),
    setRawMode: (mode: boolean) => calls.push(`raw ${mode}`),
  });
  return { terminal: terminal as unknown as ReadStream, type: (sent) => void terminal.emit('data', sent), calls };
}

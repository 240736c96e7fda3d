/**
 * Keys read on the main loop.
 *
 * A press is seen when the loop gets to it: while the program computes, it waits.
 */
import type { ReadStream } from 'node:tty';
import { CancellationToken } from 'cancelscope';
import { type Keys, keysIn, spaceTokens } from './keys.ts';
import { SpaceKey } from './space-key.ts';

/** Reads the keys of `terminal`, which is in raw mode. */
export function keysOnMain(terminal: ReadStream): Keys {
  const space = new SpaceKey();
  const stop = new CancellationToken({ name: 'stop-key' });
  const onData = (sent: string): void => {
    for (const key of keysIn(sent)) {
      if (key === 'space') space.press();
      else stop.cancel('manual', key);
    }
  };
  terminal.setEncoding('utf8').on('data', onData);
  return {
    nextSpace: spaceTokens((token) => space.arm(token)),
    stop,
    attended: true,
    [Symbol.asyncDispose]() {
      terminal.off('data', onData).pause();
      return Promise.resolve();
    },
  };
}

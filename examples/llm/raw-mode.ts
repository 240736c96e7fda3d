/**
 * Raw mode: each key at once and unseen, Ctrl-C too.
 *
 * R1. Whatever ends the program, the terminal is as it was: by `using`, and at the exit of the process for what goes
 *     round that, such as an error that nobody catches.
 */
import type { ReadStream } from 'node:tty';

/** Puts `terminal` into raw mode until disposed. Twice disposed changes nothing. */
export function rawMode(terminal: ReadStream): Disposable {
  let isRaw = true;
  const restore = (): void => {
    process.off('exit', restore);
    if (isRaw) terminal.setRawMode(false);
    isRaw = false;
  };
  terminal.setRawMode(true);
  process.once('exit', restore); // R1
  return { [Symbol.dispose]: restore };
}

/**
 * Opens the keyboard, if there is a terminal to have one.
 */
import { type Keys, noKeys } from './keys.ts';
import { keysOnMain } from './keys-main.ts';
import { rawMode } from './raw-mode.ts';

/** The keys of the terminal, read on the main loop or by a worker. The terminal is in raw mode until it is disposed. */
export async function openKeys(where: 'main' | 'worker'): Promise<Keys> {
  const { stdin } = process;
  if (!stdin.isTTY) {
    console.log('no terminal: no keys\n');
    return noKeys();
  }
  const raw = rawMode(stdin);
  const keys = keysOnMain(stdin);
  return {
    ...keys,
    async [Symbol.asyncDispose]() {
      await keys[Symbol.asyncDispose]();
      raw[Symbol.dispose]();
    },
  };
}

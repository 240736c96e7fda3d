/**
 * Opens the keyboard, if there is a terminal to have one.
 */
import { type Keys, noKeys } from './keys.ts';
import { keysOnMain } from './keys-main.ts';
import { keysOnWorker } from './keys-worker.ts';
import { rawMode } from './raw-mode.ts';

/** The keys of the terminal, read on the main loop or by a worker. It is in raw mode until they are disposed. */
export async function openKeys(where: 'main' | 'worker'): Promise<Keys> {
  const { stdin } = process;
  if (!stdin.isTTY) return noKeys();
  const raw = rawMode(stdin);
  const keys = where === 'main' ? keysOnMain(stdin) : await keysOnWorker();
  return {
    ...keys,
    async [Symbol.asyncDispose]() {
      await keys[Symbol.asyncDispose]();
      raw[Symbol.dispose]();
    },
  };
}

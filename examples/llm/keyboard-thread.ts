/**
 * The thread that reads the keys.
 */
import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { attachToken, nameThread, type SharedTokenHandle } from 'cancelscope/thread';
import { keysIn } from './keys.ts';
import { SpaceKey } from './space-key.ts';

/** What the thread is given. */
export interface KeyboardData {
  /** The terminal. */
  readonly path: string;
  /** What q and Ctrl-C cancel. */
  readonly stop: SharedTokenHandle;
}

/** What it is told: the token that the next SPACE cancels, or to end. */
export type KeyboardMessage = { readonly space: SharedTokenHandle } | 'end';

nameThread('keyboard'); // in causes, and as `source_thread` on metrics
const port = parentPort as MessagePort;
const { path, stop: handle } = workerData as KeyboardData;
const stop = attachToken(handle);
const space = new SpaceKey();
const terminal = new ReadStream(openSync(path, 'r'));

terminal.setEncoding('utf8').on('data', (sent: string) => {
  for (const key of keysIn(sent)) {
    if (key === 'space') space.press();
    else stop.cancel('manual', key);
  }
});
port.on('message', (message: KeyboardMessage) => {
  if (message !== 'end') return space.arm(attachToken(message.space));
  terminal.destroy();
  port.close();
});
port.postMessage('listening');

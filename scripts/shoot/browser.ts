/**
 * Chromium without a window, told what to do through its DevTools protocol.
 *
 * BR1. It has a profile of its own, in a temporary folder that goes with it, and asks nothing of the network by itself.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Connection, connect } from './devtools.ts';
import { endChild } from '../../test/support/end-child.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--hide-scrollbars',
  '--force-device-scale-factor=1',
  '--remote-debugging-port=0',
];

type Child = ChildProcessByStdio<null, null, Readable>;

/** A running browser. */
export interface Browser extends AsyncDisposable {
  readonly connection: Connection;
}

/** Starts the Chromium at `program`. */
export async function startBrowser(program: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'cancelscope-chromium-'));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = async (): Promise<void> => {
    await endChild(child);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 }); // BR1
  };
  try {
    const connection = await connect(await addressOf(child));
    return {
      connection,
      async [Symbol.asyncDispose]() {
        connection.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function addressOf(child: Child): Promise<string> {
  let log = '';
  child.stderr.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      log = (log + text).slice(-20_000);
      const address = /DevTools listening on (ws:\S+)/.exec(log)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}:\n${log}`)));
  });
}

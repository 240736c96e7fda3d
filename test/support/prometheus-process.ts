/**
 * Prometheus or Alertmanager as a process: on a free loopback port it chooses itself, until it is told to stop.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { endChild } from './end-child.ts';

const LOG_KEPT = 20_000;

type Child = ChildProcessByStdio<null, null, Readable>;

/** One that listens. */
export interface ListeningProcess extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/** Starts the program and resolves when it listens; rejects with its log when it ends before that. */
export async function startListening(program: string, args: readonly string[]): Promise<ListeningProcess> {
  const child = spawn(program, [...args, '--web.listen-address=127.0.0.1:0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = (): Promise<void> => endChild(child);
  try {
    return { address: await addressOf(program, child), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address it says it listens on. */
async function addressOf(program: string, child: Child): Promise<string> {
  let log = '';
  child.stderr.setEncoding('utf8');
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      log = (log + text).slice(-LOG_KEPT);
      const address = /msg="Listening on".* address=(\S+)/.exec(log)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${program} ended with ${code}:\n${log}`)));
  });
}

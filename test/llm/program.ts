import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ModelServer, startModelServer } from '../../examples/llm/model-server.ts';
import { type Pty, startOnPty } from '../support/pty.ts';
import { Faucet } from './faucet.ts';

/** The program. */
export const PROGRAM = fileURLToPath(new URL('../../examples/llm/main.ts', import.meta.url));

/** The program on a terminal, talking to a model in the hands of the test. */
export interface Session extends AsyncDisposable {
  readonly pty: Pty;
  readonly server: ModelServer;
  readonly faucet: Faucet;
  /** Lets the model say so many pieces, and waits until `text`, which is in the last of them, is shown. */
  say(pieces: number, text: string): Promise<void>;
  /** Presses keys and waits for what that shows. */
  press(keys: string, shows: RegExp | string): Promise<void>;
  /** What it saved at its end. */
  saved(): Promise<string>;
}

interface SessionOptions {
  /** What the model has to say, piece by piece. */
  readonly pieces: readonly string[];
  readonly args?: readonly string[];
  /** A module to load before the program. */
  readonly before?: string;
}

/** Starts both. */
export async function startSession({ pieces, args = [], before }: SessionOptions): Promise<Session> {
  const folder = await mkdtemp(join(tmpdir(), 'cancelscope-llm-'));
  const file = join(folder, 'text');
  const faucet = new Faucet();
  const rest = (text: string): string[] => {
    const left = [...pieces];
    // What has been said comes first, and its pieces were whole.
    for (let said = pieces.join('').length - text.length; said > 0; said -= left.shift()?.length ?? said);
    return left;
  };
  const server = await startModelServer({ script: pieces.join(''), pieces: rest, pace: faucet.pace });
  const pty = startOnPty([process.execPath, PROGRAM, '--url', server.url, '--save', file, ...args], {
    env: before === undefined ? {} : { NODE_OPTIONS: `--import=${new URL(before, import.meta.url).href}` },
  });
  return {
    pty,
    server,
    faucet,
    async say(count, text) {
      const from = pty.output().length;
      faucet.allow(count);
      await pty.shows(text, from);
    },
    async press(keys, shows) {
      const from = pty.output().length;
      pty.press(keys);
      await pty.shows(shows, from);
    },
    saved: () => readFile(file, 'utf8'),
    async [Symbol.asyncDispose]() {
      await pty[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

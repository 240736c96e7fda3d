/** Agents in processes of their own. */
import { type ChildProcess, fork, type SerializationType } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { callsOver, type Channel, type Remote } from '../../support/remote-calls.ts';
import type { ProcessCommands } from './agents/agent.ts';

const AGENT = fileURLToPath(new URL('agents/agent.ts', import.meta.url));

/** A process that does what it is told. */
export interface ProcessAgent<C = ProcessCommands> extends AsyncDisposable {
  /** Its commands. */
  readonly run: Remote<C>;
  readonly child: ChildProcess;
  /** Resolves with its exit code and signal when it has ended and all it sent has arrived. */
  readonly ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  /** Ends it, whatever it is doing. */
  stop(): Promise<void>;
}

/** Starts one; what it is told before it is up waits for it. */
export function startProcess(serialization: SerializationType = 'json'): ProcessAgent {
  const child = startProgram(AGENT, [], serialization);
  return agentIn<ProcessCommands>(child);
}

/** The agent that a child runs. */
export function agentIn<C>(child: ChildProcess): ProcessAgent<C> {
  const caller = callsOver<C>(channelOver(child));
  const ended = endOf(child);
  void ended.then(() => caller.close(new Error('the process has ended')));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { run: caller.remote, child, ended, stop, [Symbol.asyncDispose]: stop };
}

/** Forks a program, with its output piped. */
export function startProgram(
  file: string,
  args: readonly string[] = [],
  serialization: SerializationType = 'json',
): ChildProcess {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const options = { env, serialization, execPath: process.execPath, execArgv: ['--expose-gc'] };
  return fork(file, args, { ...options, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
}

/** Resolves with the exit code and signal once the process has ended and its channel is closed. */
export async function endOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const closed = child.connected ? once(child, 'disconnect') : undefined;
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await closed;
  return exited;
}

/** The next message of the program's own. */
export async function messageFrom(child: ChildProcess): Promise<unknown> {
  const [message] = (await once(child, 'message')) as unknown[];
  return message;
}

/** All that a program prints until it ends. */
export async function outputOf({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(stdout as NonNullable<typeof stdout>, 'close');
  return text;
}

/** A channel that a program's own messages take, to a child or to the parent. */
export function channelOver(end: ChildProcess | NodeJS.Process): Channel {
  return {
    send: (message) => void end.send?.(message as object, undefined, undefined, () => {}), // the other side may be gone
    onMessage: (listener) =>
      void (end as ChildProcess).on('message', (message: { cancelscope?: unknown }) => {
        if (message.cancelscope !== 'link') listener(message);
      }),
  };
}

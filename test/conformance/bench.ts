/**
 * Two holders of tokens with a backend between them: `here`, in this isolate, and `there`, wherever the backend reaches.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Backend, localBackend, virtualBackend } from '../../src/backends/index.ts';
import { processBackend } from '../../src/backends/process/index.ts';
import { threadBackend } from '../../src/backends/thread/index.ts';
import type { CancellationToken } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { agentCommands, type AgentCommands } from '../support/agent-commands.ts';
import { callsOver, type Channel, type Remote } from '../support/remote-calls.ts';
import { startThread } from '../support/thread-agent.ts';

/** What a handle is, is the backend's own affair. */
type Commands = AgentCommands<unknown>;

/** One backend, with a holder on each side. */
export interface Bench {
  readonly backend: Backend;
  readonly here: Commands;
  readonly there: Remote<Commands>;
  /** Both are on one thread. */
  readonly sameThread: boolean;
  /** Moves the time of a virtual clock. */
  readonly advance?: (ms: number) => Promise<void>;
  stop(): Promise<void>;
}

/** How to set up each backend; columns of the parity table, in this order. */
export const BENCHES: Readonly<Record<Backend['name'], () => Promise<Bench>>> = {
  local: () => Promise.resolve(onOneThread(localBackend)),
  thread: overThreads,
  process: overProcesses,
  virtual: () => {
    const clock = virtualClock();
    return Promise.resolve({ ...onOneThread(virtualBackend(clock)), advance: (ms: number) => clock.advance(ms) });
  },
};

function onOneThread(tokens: Backend<CancellationToken>): Bench {
  const backend = tokens as Backend;
  const there = agentCommands(backend);
  const remote = new Proxy({} as Remote<Commands>, {
    get: (_, command: keyof Commands) =>
      (command as string) === 'then'
        ? undefined
        : (...args: unknown[]) =>
            new Promise((resolve) => {
              resolve((there[command] as (...args: unknown[]) => unknown)(...args));
            }),
  });
  const here = agentCommands(backend);
  return { backend, here, there: remote, sameThread: true, stop: () => Promise.resolve() };
}

async function overThreads(): Promise<Bench> {
  const agent = startThread<Commands>();
  await agent.run.heard(); // it is up
  const backend = threadBackend as Backend;
  return { backend, here: agentCommands(backend), there: agent.run, sameThread: false, stop: () => agent.stop() };
}

async function overProcesses(): Promise<Bench> {
  const child = fork(fileURLToPath(new URL('process-agent.ts', import.meta.url)), { stdio: 'inherit' });
  const caller = callsOver<Commands>(channelTo(child));
  child.once('exit', () => caller.close(new Error('the process has ended')));
  await caller.remote.heard(); // it is up
  const backend = processBackend(child) as Backend;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { backend, here: agentCommands(backend), there: caller.remote, sameThread: false, stop };
}

/** The channel of a child, or of its parent, beside the library's own messages on it. */
export function channelTo(end: ChildProcess | NodeJS.Process): Channel {
  return {
    send: (message) => void end.send?.(message as object),
    onMessage: (listener) =>
      void end.on('message', (message: { cancelscope?: unknown }) => {
        if (message.cancelscope === undefined) listener(message);
      }),
  };
}

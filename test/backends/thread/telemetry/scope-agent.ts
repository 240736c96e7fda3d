/** Agents that run scopes on worker threads, and a monitor on this thread that can be waited on. */
import { setImmediate as loopTurn } from 'node:timers/promises';
import { afterAll, afterEach, onTestFinished } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import { CancellationToken, type Monitor, registerMonitor } from '../../../../src/index.ts';
import { EVENT_HOOK_NAMES, type EventHook, wantedFromThreads } from '../../../../src/instrumentation/index.ts';
import { type RecordingMonitor, recordingMonitor } from '../../../../src/testing/index.ts';
import { startThread, type ThreadAgent } from '../../../support/thread-agent.ts';
import type { ScopeCommands } from './agents/scope-program.ts';

const PROGRAM = new URL('agents/scope-program.ts', import.meta.url);

/** An agent that runs scopes. */
export type ScopeAgent = ThreadAgent<ScopeCommands>;

/** How an agent starts: what its thread is called, and the token it holds as `given`. */
export interface AgentStart {
  readonly name?: string;
  readonly token?: CancellationToken;
}

/**
 * Gives a function that starts agents, ended after each test of the file. Each holds a token, so it is linked.
 * Call it after `guardLeaks`, if that is used: hooks run last first.
 */
export function agentsForTests(): (start?: AgentStart) => ScopeAgent {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  return (start = {}) => {
    const [agent, end] = startAgent(start);
    ends.push(end);
    return agent;
  };
}

/** One agent for all tests of the file. */
export function agentForFile(start: AgentStart = {}): ScopeAgent {
  const [agent, end] = startAgent(start);
  afterAll(end);
  return agent;
}

function startAgent({ name, token }: AgentStart): [ScopeAgent, () => Promise<void>] {
  const given = token ?? new CancellationToken({ name: 'given' });
  const agent = startThread<ScopeCommands>(PROGRAM, { name, handle: shareToken(given) });
  const end = async (): Promise<void> => {
    await agent.stop();
    if (token === undefined) given.dispose();
    for (let turn = 0; turn < 3; turn++) await loopTurn(); // its link closes
  };
  return [agent, end];
}

/** A recording monitor that can be waited on. */
export interface Listening extends RecordingMonitor, AsyncDisposable {
  /** Resolves when `condition` holds: looked at now, and after each event. */
  until(condition: () => boolean): Promise<void>;
  /** Resolves when this hook was called for this scope, so many times. */
  heard(hook: EventHook, scope?: string, times?: number): Promise<void>;
}

/** Registers one, with the hooks in `only`; resolves when these agents know. Disposed, they know again. */
export async function listen(
  agents: readonly ScopeAgent[] = [],
  only: readonly EventHook[] = EVENT_HOOK_NAMES,
): Promise<Listening> {
  const recorded = recordingMonitor();
  const waiting = new Set<() => void>();
  const hooks = Object.fromEntries(
    only.map((hook) => [
      hook,
      (...event: unknown[]) => {
        (recorded[hook] as (...event: unknown[]) => void)(...event);
        for (const look of waiting) look();
      },
    ]),
  ) as Monitor;
  const registration = registerMonitor({ name: 'listening', ...hooks });
  onTestFinished(() => registration[Symbol.dispose]()); // also where the test did not come to its end
  await told(agents, true);
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const times = (hook: EventHook, scope: string | undefined): number =>
    recorded.events.filter((entry) => entry.hook === hook && (scope === undefined || entry.scope === scope)).length;
  return {
    ...recorded,
    until,
    heard: (hook, scope, least = 1) => until(() => times(hook, scope) >= least),
    async [Symbol.asyncDispose]() {
      registration[Symbol.dispose]();
      await told(agents, wantedFromThreads().length > 0);
    },
  };
}

/** Resolves when these agents know whether somebody listens here. */
export async function told(agents: readonly ScopeAgent[], listening: boolean): Promise<void> {
  for (const { run } of agents) while ((await run.listening()).length > 0 !== listening);
}

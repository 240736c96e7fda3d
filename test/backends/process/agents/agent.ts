/** The program of an agent in a process of its own: holds tokens of its parent, hands them on to a thread and to a child. */
import {
  attachToken,
  processBackend,
  type ProcessReadonlyTokenHandle,
  shareToken,
} from '../../../../src/backends/process/index.ts';
import { linkThrough } from '../../../../src/backends/process/process-links.ts';
import { shareToken as shareWithThread } from '../../../../src/backends/thread/index.ts';
import {
  type CancellationReason,
  type CancellationToken,
  everywhere,
  openScope,
  type ReadonlyToken,
  registerMonitor,
  type Scope,
} from '../../../../src/index.ts';
import { recordingMonitor } from '../../../../src/testing/index.ts';
import { agentCommands } from '../../../support/agent-commands.ts';
import { serve } from '../../../support/remote-calls.ts';
import { startThread, type ThreadAgent } from '../../../support/thread-agent.ts';
import { injectFaults } from '../faults.ts';
import { channelOver, type ProcessAgent, startProcess } from '../process-agent.ts';
import type { ThreadCommands } from './thread.ts';

const WORKER = new URL('thread.ts', import.meta.url);

const backend = processBackend();
const tokens = new Map<string, CancellationToken>();
const views = new Map<string, ReadonlyToken>();
const commands = agentCommands({
  ...backend,
  attach(handle) {
    const token = backend.attach(handle);
    tokens.set(token.id, token);
    return token;
  },
});

const scopes: Scope[] = [];
const recorded = recordingMonitor();
let thread: ThreadAgent<ThreadCommands> | undefined;
let grandchild: ProcessAgent | undefined;

function token(id: string): CancellationToken {
  const found = tokens.get(id);
  if (found === undefined) throw new Error(`the agent has attached no token ${id}`);
  return found;
}

const processCommands = {
  ...commands,
  /** Lets go of it here too. */
  drop(name: string): boolean {
    tokens.clear();
    return commands.drop(name);
  },
  counts: () => linkThrough(undefined).counts,
  sweep: () => linkThrough(undefined).sweep(),
  pid: () => process.pid,

  /** Cancels, and ends the process before its event loop turns again. */
  cancelAndExit(id: string, reason: CancellationReason): void {
    token(id).cancel(reason, 'last words');
    process.exit(0);
  },
  /** Says so, and then does nothing else ever. */
  block(): void {
    process.send?.('blocked');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  disconnect: () => process.disconnect(),
  injectFaults: (seed: number): void => injectFaults(process, seed),
  openScope(name: string): string {
    const scope = openScope(name, { detached: true });
    scopes.push(scope);
    return scope.id;
  },
  /** Opens a scope under an attached token, and records what telemetry hears of cancels that cross to it. */
  openScopeUnder(name: string, id: string): void {
    registerMonitor(recorded);
    scopes.push(openScope(name, { detached: true, token: token(id) }));
  },
  propagations: () => recorded.of('propagated'),
  scopeCause: (id: string) => scopes.find((scope) => scope.id === id)?.cause?.toJSON(),
  endScopes: (): Promise<unknown> => Promise.all(scopes.splice(0).map((scope) => scope[Symbol.asyncDispose]())),
  everywhere: async (): Promise<string[]> => (await everywhere.snapshot()).scopes.map(({ name }) => name),
  cancelAnywhere: (id: string, message: string): Promise<string> => everywhere.cancel(id, 'manual', message),

  /** The same token on a worker thread of this process. */
  shareWithThread: (id: string): Promise<string> =>
    (thread ??= startThread<ThreadCommands>(WORKER)).run.attach(id, shareWithThread(token(id))),
  /** What the thread can do with it. */
  threadCancel: async (id: string, reason: CancellationReason) => thread?.run.cancel(id, reason),
  threadWhenCancelled: async (id: string) => thread?.run.whenCancelled(id),
  threadOpenScope: async (name: string) => thread?.run.openScope(name),

  /** The same token in a child of this process. */
  shareWithChild: (id: string): Promise<string> =>
    (grandchild ??= startProcess()).run.attach(id, shareToken(token(id), grandchild.child)),
  childCancel: async (id: string, reason: CancellationReason) => grandchild?.run.cancel(id, reason),
  childWhenCancelled: async (id: string) => grandchild?.run.whenCancelled(id),
  childOpenScope: async (name: string) => grandchild?.run.openScope(name),

  attachReadonly(name: string, handle: ProcessReadonlyTokenHandle): string {
    const view = attachToken(handle);
    views.set(name, view);
    return view.constructor.name;
  },
  whenReadonlyCancelled: async (name: string) => (await views.get(name)?.whenCancelled())?.toJSON(),
};

/** What this agent does. */
export type ProcessCommands = typeof processCommands;

serve(processCommands, channelOver(process));
process.once('disconnect', () => void thread?.stop()); // a command the test never ends would keep it

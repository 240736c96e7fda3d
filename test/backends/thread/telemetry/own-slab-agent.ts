/** Agents whose threads share a token of their own before they attach any. */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterEach } from 'vitest';
import type { SharedTokenHandle } from '../../../../src/backends/thread/index.ts';
import { gate, pass } from '../../../support/gate.ts';
import { startThread, type ThreadAgent } from '../../../support/thread-agent.ts';
import type { OwnSlabCommands } from './agents/own-slab-program.ts';

/** One of them. */
export type OwnSlabAgent = ThreadAgent<OwnSlabCommands>;
/** Gives a function that starts one, ended after each test of the file. */
export function ownSlabAgentsForTests(): (name: string) => Promise<OwnSlabAgent> {
  const agents: OwnSlabAgent[] = [];
  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.stop();
  });
  return async (name) => {
    const agent = startThread<OwnSlabCommands>(new URL('agents/own-slab-program.ts', import.meta.url));
    agents.push(agent);
    await agent.run.name(name);
    return agent;
  };
}

/** The handle of a token the agent shares, read before the greeting it sent is: this thread's event loop does not turn. */
export function sharedBy({ worker }: OwnSlabAgent): SharedTokenHandle {
  const { port1, port2 } = new MessageChannel();
  const shared = gate();
  worker.postMessage({ id: -1, command: 'share', args: [port2, shared] }, [port2]);
  pass(shared);
  const handle = receiveMessageOnPort(port1)?.message as SharedTokenHandle;
  port1.close();
  return handle;
}

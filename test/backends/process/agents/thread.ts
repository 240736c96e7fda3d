/** The program of a worker thread of an agent. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { threadBackend } from '../../../../src/backends/thread/index.ts';
import { openScope } from '../../../../src/index.ts';
import { agentCommands } from '../../../support/agent-commands.ts';
import { serve } from '../../../support/remote-calls.ts';
import { channelTo } from '../../../support/thread-agent.ts';

const commands = {
  ...agentCommands(threadBackend),
  openScope: (name: string): string => openScope(name, { detached: true }).id,
};

/** What this thread does. */
export type ThreadCommands = typeof commands;

serve(commands, channelTo(parentPort as MessagePort));

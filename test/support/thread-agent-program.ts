/** The program of an agent on a worker thread. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { threadBackend } from '../../src/backends/thread/index.ts';
import { agentCommands } from './agent-commands.ts';
import { serve } from './remote-calls.ts';
import { channelTo } from './thread-agent.ts';

serve(agentCommands(threadBackend), channelTo(parentPort as MessagePort));

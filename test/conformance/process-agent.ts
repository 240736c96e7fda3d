/** The program of an agent in a child process. */
import { processBackend } from '../../src/backends/process/index.ts';
import type { Backend } from '../../src/backends/index.ts';
import { agentCommands } from '../support/agent-commands.ts';
import { serve } from '../support/remote-calls.ts';
import { channelTo } from './bench.ts';

serve(agentCommands(processBackend() as Backend), channelTo(process));

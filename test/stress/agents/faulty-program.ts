/** An agent whose wake-ups go wrong: the bells it rings are dropped, doubled or delayed, as told. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { type SharedTokenHandle, threadBackend } from '../../../src/backends/thread/index.ts';
import { type AgentCommands, agentCommands } from '../../support/agent-commands.ts';
import { randoms } from '../../support/barrier.ts';
import { serve } from '../../support/remote-calls.ts';
import { channelTo } from '../../support/thread-agent.ts';

export type Fault = 'none' | 'dropped' | 'doubled' | 'delayed';

const FAULTS: readonly Fault[] = ['none', 'dropped', 'doubled', 'delayed'];

const { notify } = Atomics;
const delayed: (() => void)[] = [];
let next: () => Fault = () => 'none';
let faults = 0;

function unreliable(array: Int32Array, index: number, count?: number): number {
  const fault = next();
  if (fault !== 'none') faults++;
  const ring = (): number => notify(array, index, count);
  if (fault === 'dropped') return 0;
  if (fault === 'delayed') return delayed.push(ring) * 0;
  return fault === 'doubled' ? ring() + ring() : ring();
}
Atomics.notify = unreliable as typeof Atomics.notify;

const commands = {
  ...agentCommands(threadBackend),

  /** From now on each wake-up of this thread goes wrong like this. */
  fail(fault: Fault): void {
    next = () => fault;
  },
  /** From now on each goes wrong in its own way, or not at all. */
  failAtRandom(seed: number): void {
    const random = randoms(seed);
    next = () => FAULTS[random(FAULTS.length)] as Fault;
  },
  /** Lets the delayed ones through. @returns How many wake-ups went wrong so far. */
  letThrough(): number {
    for (const ring of delayed.splice(0)) ring();
    return faults;
  },
  /** Attaches all, under their names. */
  attachAll(handles: SharedTokenHandle[]): void {
    for (const handle of handles) commands.attach(handle.name, handle);
  },
  cancelAll: (names: string[]): boolean[] => names.map((name) => commands.cancel(name, 'manual', name)),
};

export type FaultyCommands = AgentCommands<SharedTokenHandle> & typeof commands;

serve(commands, channelTo(parentPort as MessagePort));

/** One of two threads: one cancels tokens, the other looks at each until it is cancelled and reads all of it at once. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../src/backends/thread/index.ts';
import { CANCELLATION_REASONS, type CancellationReason, type CancellationToken } from '../../../src/index.ts';
import { type Barrier, idleFor, meet, randoms } from '../../support/barrier.ts';
import { serve } from '../../support/remote-calls.ts';
import { channelTo } from '../../support/thread-agent.ts';

/** What the cause of token number `index` is to say. */
function expectedOf(index: number): { readonly reason: CancellationReason; readonly message: string } {
  return {
    reason: CANCELLATION_REASONS[index % CANCELLATION_REASONS.length] as CancellationReason,
    message: `${index}:${'取x'.repeat((index * 7) % 600)}`,
  };
}

let tokens: CancellationToken[] = [];

const commands = {
  attach(handles: SharedTokenHandle[]): void {
    tokens = handles.map((handle) => attachToken(handle));
  },

  cancelEach(barrier: Barrier, seed: number, first: number): void {
    const random = randoms(seed);
    for (const [index, token] of tokens.entries()) {
      const { reason, message } = expectedOf(first + index);
      meet(barrier, 2);
      idleFor(random(2_000));
      token.cancel(reason, message);
    }
  },

  /** @returns The numbers of those whose first reading said anything but the whole truth, and how often it looked. */
  readEach(barrier: Barrier, first: number): { readonly wrong: number[]; readonly looks: number } {
    const wrong: number[] = [];
    let looks = 0;
    for (const [index, token] of tokens.entries()) {
      meet(barrier, 2);
      while (!token.isCancelled) looks++;
      const { cause } = token;
      const expected = expectedOf(first + index);
      if (cause?.reason !== expected.reason || !isMessage(cause?.message, expected.message)) wrong.push(first + index);
    }
    return { wrong, looks };
  },
};

/** Whether it is that message, or the beginning of it: a very long one is cut on its way. */
function isMessage(message: string | undefined, expected: string): boolean {
  if (message === undefined || message === '') return false;
  return message === expected || (message.endsWith('…') && expected.startsWith(message.slice(0, -1)));
}

export type WriterCommands = typeof commands;

serve(commands, channelTo(parentPort as MessagePort));

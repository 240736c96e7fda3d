/** A thread that outlives the others, holds every token, and listens to it. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import type { CancellationToken } from '../../../../../src/token/index.ts';
import { serve } from '../../../../support/remote-calls.ts';
import { channelTo } from '../../../../support/thread-agent.ts';

let tokens: CancellationToken[] = [];
let heard: boolean[] = [];

const commands = {
  attach(handles: readonly SharedTokenHandle[]): void {
    tokens = handles.map((handle) => attachToken(handle));
    heard = tokens.map(() => false);
    for (const [index, token] of tokens.entries()) token.onCancel(() => (heard[index] = true));
  },
  heard: (): readonly boolean[] => heard,
  letGo(): void {
    for (const token of tokens.splice(0)) token.dispose();
  },
};

export type ObserverCommands = typeof commands;

serve(commands, channelTo(parentPort as MessagePort));

/** The program of an agent that shares a token of its own before it attaches any, and counts the questions it is asked. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import {
  attachToken,
  nameThread,
  type SharedTokenHandle,
  shareToken,
} from '../../../../../src/backends/thread/index.ts';
import { CancellationToken, everywhere, openScope, type Scope } from '../../../../../src/index.ts';
import { Peer } from '../../../../../src/backends/link/index.ts';
import { type Gate, open } from '../../../../support/gate.ts';
import { serve } from '../../../../support/remote-calls.ts';
import { channelTo } from '../../../../support/thread-agent.ts';

let questions = 0;
const { receive } = Peer.prototype;
Peer.prototype.receive = function (message: unknown): void {
  if ((message as { kind?: unknown } | undefined)?.kind === 'ask') questions++;
  receive.call(this, message);
};

const scopes = new Map<string, Scope>();

const commands = {
  name: (name: string): void => nameThread(name),
  /** Shares a token of its own, through `port`, and says so at the gate. */
  share(port: MessagePort, shared: Gate): void {
    port.postMessage(shareToken(new CancellationToken({ name: 'own' })));
    open(shared);
  },
  attach: (handle: SharedTokenHandle): string => attachToken(handle).id,
  open(name: string): string {
    const scope = openScope(name);
    scopes.set(name, scope);
    return scope.id;
  },
  close: (name: string): unknown => scopes.get(name)?.close(),
  reasonOf: (name: string): string | undefined => scopes.get(name)?.cause?.reason,
  snapshot: () => everywhere.snapshot(),
  cancel: (id: string) => everywhere.cancel(id, 'superseded'),
  questions: (): number => questions,
};

export type OwnSlabCommands = typeof commands;

serve(commands, channelTo(parentPort as MessagePort));

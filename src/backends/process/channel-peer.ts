/**
 * The process at the other end of a channel, as a peer: how its messages are told from the program's own.
 *
 * M1. Listening keeps no process alive: Node counts listeners of `process` as reasons to wait, and ours are taken off
 *     that count. A program that listens itself is counted as before.
 * M2. A program's messages stay its own: those that come before it listens wait for it, as they would without us.
 * M3. Our messages are kept from the program's listeners: `once(child, 'message')` still gets a message of the program's.
 *     What arrives before this process has shared or attached anything is seen; `{ cancelscope: 'link' }` tells it.
 * M4. Sending throws nothing and emits no `error`. What was sent before the channel closed has been taken in before the
 *     peer is told that it closed.
 */
import type { EventEmitter } from 'node:events';
import { type Message, Peer } from '../link/index.ts';
import type { ChannelEnd } from './channel.ts';
import { type Envelope, isEnvelope, opened, sealed } from './wire.ts';

/** The other process, heard from and sent to through `end` until that closes. */
export function openPeer(end: ChannelEnd): Peer {
  const pid = (end === process ? process.ppid : end.pid) ?? 0;
  const peer = new Peer({ pid, threadId: 0, threadName: 'main' }, (message: Message) => {
    end.send?.(sealed(message), undefined, undefined, () => {}); // M4: the callback is where an error goes
  });
  const take = (envelope: Envelope): void => peer.receive(opened(envelope));
  const undo = [listen(end, take), keepBack(end, take), listenUncounted(end, 'disconnect', closed)];
  function closed(): void {
    for (const each of undo) each();
    peer.close();
  }
  return peer;
}

/** Takes our messages, and keeps the program's own until it listens (M2). @returns Its undo. */
function listen(end: ChannelEnd, take: (envelope: Envelope) => void): () => void {
  const emitter: EventEmitter = end;
  const unclaimed: unknown[][] = [];
  const handOver = (): void => {
    for (const message of unclaimed.splice(0)) emitter.emit('message', ...message);
  };
  const onListener = (event: string): void => {
    if (event === 'message' && unclaimed.length > 0) process.nextTick(handOver); // when Node would
  };
  const off = listenUncounted(end, 'message', (...message) => {
    if (isEnvelope(message[0])) take(message[0]);
    else if (end.listenerCount('message') === 1) unclaimed.push(message);
  });
  emitter.on('newListener', onListener);
  return () => {
    off();
    emitter.off('newListener', onListener);
  };
}

/** Takes our messages before anybody else sees them (M3). @returns Its undo. */
function keepBack(end: ChannelEnd, take: (envelope: Envelope) => void): () => void {
  const emitter: EventEmitter = end;
  const emit = Reflect.get(emitter, 'emit') as (...event: unknown[]) => boolean;
  const emitOthers = function (this: EventEmitter, ...event: unknown[]): boolean {
    if (event[0] !== 'message' || !isEnvelope(event[1])) return Reflect.apply(emit, this, event);
    take(event[1]);
    return true;
  };
  emitter.emit = emitOthers;
  return () => {
    if (Reflect.get(emitter, 'emit') === emitOthers) emitter.emit = emit; // else somebody has built on it
  };
}

/** Listens without being a reason to wait (M1). @returns Its undo. */
function listenUncounted(end: ChannelEnd, event: string, listener: (...args: unknown[]) => void): () => void {
  const emitter: EventEmitter = end;
  emitter.on(event, listener);
  if (end === process) (process.channel as { unrefCounted?: () => void } | undefined)?.unrefCounted?.();
  return () => void emitter.off(event, listener);
}

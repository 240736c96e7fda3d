/** What the other threads run: they wake, are woken, and take what they are handed, as the main thread says. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { takeBatch } from './attach.ts';
import { beWoken, prepareToWake, wakeOther } from './wake.ts';
import type { End } from './ways.ts';

/** What the main thread asks for. Each is answered when it is done. */
export type Request =
  | { readonly kind: 'be woken'; readonly end: End }
  | { readonly kind: 'wake from now on'; readonly end: End; readonly name: string }
  | { readonly kind: 'wake'; readonly name: string }
  | { readonly kind: 'take from now on'; readonly port: MessagePort }
  | { readonly kind: 'take'; readonly name: string };

const main = parentPort as MessagePort;
let other: End;
let goods: MessagePort;

main.on('message', (request: Request) => main.postMessage(doneFor(request), []));

function doneFor(request: Request): unknown {
  switch (request.kind) {
    case 'be woken':
      return beWoken(request.end);
    case 'wake from now on':
      other = request.end;
      return prepareToWake(other, request.name);
    case 'wake':
      return wakeOther(other, request.name);
    case 'take from now on':
      goods = request.port;
      return undefined;
    case 'take':
      return takeBatch(request.name, goods);
  }
}

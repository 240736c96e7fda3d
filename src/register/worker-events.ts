/**
 * What is observed on worker threads, told to the main thread's monitors.
 *
 * Z18. A worker has a channel of its own to the thread that started it, which knows of it by the diagnostics channel of
 *      worker threads; neither keeps anything alive, and nothing is heard on the worker object. A worker that is linked
 *      otherwise, by the thread backend, tells its events there, and nothing twice.
 * Z19. At most {@link UNTAKEN_MAX} events are on their way to a busy main thread; the rest waits in the worker, bounded.
 */
import { subscribe } from 'node:diagnostics_channel';
import { BroadcastChannel, threadId, type Worker } from 'node:worker_threads';
import {
  type ClientDisconnected,
  type EventBatch,
  Forwarding,
  onMonitorsChanged,
  RemoteScopes,
  reportClientDisconnect,
  wantedFromThreads,
} from '../instrumentation/index.ts';
import { originOf, processState, systemClock, thisOrigin } from '../token/index.ts';
import { disconnects } from './server-request.ts';
import { harmless } from './warn.ts';

const UNTAKEN_MAX = 4096;
const LOOK_MS = 1000;

type FromWorker =
  | { readonly hello: true }
  | { readonly batch: EventBatch }
  | { readonly disconnected: ClientDisconnected }
  | { readonly elsewhere: true };
type ToWorker = { readonly wanted: readonly string[] } | { readonly taken: number };

/** Both ends of the channel to a worker have its name. */
function channelTo(worker: number): BroadcastChannel {
  return new BroadcastChannel(`cancelscope.register.v1.${process.pid}.${worker}`);
}

function onMessage(port: BroadcastChannel, listener: (message: unknown) => void): void {
  const heard = harmless(({ data }: Event & { readonly data?: unknown }) => listener(data));
  port.addEventListener('message', heard);
  port.unref(); // Z18
}

/** Worker: sends its events to the thread that started it. */
export function forwardToMain(): void {
  const port = channelTo(threadId);
  let untaken = 0;
  const post = (message: FromWorker): void => port.postMessage(message);
  const forwarding = new Forwarding((batch, last) => {
    if (isLinked()) {
      post({ elsewhere: true });
      forwarding.want([]);
      return true;
    }
    if (untaken >= UNTAKEN_MAX && !last) return false; // Z19
    untaken += batch.events.length;
    post({ batch });
    return true;
  });
  onMessage(port, (data) => {
    const message = data as ToWorker;
    if ('wanted' in message) return forwarding.want(isLinked() ? [] : message.wanted);
    untaken -= message.taken;
    forwarding.flush();
  });
  // No event of the token layer, so forwarding does not know it.
  disconnects.tellToo = (disconnected) => post({ disconnected });
  post({ hello: true });
}

/** Whether the thread backend forwards this worker's events (Z18). */
function isLinked(): boolean {
  return processState.extensions.has('telemetry to main');
}

interface Heard {
  readonly worker: WeakRef<Worker>;
  readonly port: BroadcastChannel;
  readonly scopes: RemoteScopes;
}

/** Main thread: hands the events of workers to the monitors here. */
export function hearWorkers(): void {
  const heard = new Set<Heard>();
  subscribe(
    'worker_threads',
    harmless((message) => {
      if (heard.size === 0) lookLater(heard);
      heard.add(hear((message as { readonly worker: Worker }).worker));
    }),
  );
  onMonitorsChanged(() => {
    for (const { port, scopes } of heard) tellWanted(port, scopes);
  });
}

function tellWanted(port: BroadcastChannel, scopes: RemoteScopes): void {
  const wanted = wantedFromThreads();
  if (wanted.length === 0) scopes.forget();
  port.postMessage({ wanted } satisfies ToWorker);
}

function hear(worker: Worker): Heard {
  const { threadId } = worker;
  const port = channelTo(threadId);
  const origin = originOf({ pid: thisOrigin.pid, threadId, threadName: 'worker' });
  const scopes = new RemoteScopes(() => origin);
  onMessage(port, (data) => {
    const message = data as FromWorker;
    if ('hello' in message) return tellWanted(port, scopes);
    if ('elsewhere' in message) return scopes.forget();
    if ('disconnected' in message) return void reportClientDisconnect(message.disconnected);
    scopes.receive(message.batch);
    port.postMessage({ taken: message.batch.events.length } satisfies ToWorker);
  });
  return { worker: new WeakRef(worker), port, scopes };
}

/** Finds workers that have ended, without a listener on them. */
function lookLater(heard: Set<Heard>): void {
  systemClock.setTimer(() => {
    for (const each of heard) {
      const worker = each.worker.deref();
      if (worker !== undefined && worker.threadId !== -1) continue;
      heard.delete(each);
      each.port.close();
      each.scopes.end();
    }
    if (heard.size > 0) lookLater(heard);
  }, LOOK_MS);
}

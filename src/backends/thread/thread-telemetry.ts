/**
 * Telemetry across threads: workers forward their lifecycle events to the main thread, as long as it has monitors.
 *
 * J1. No call starts it: it comes with the link to the main thread.
 */
import { isMainThread } from 'node:worker_threads';
import {
  type EventBatch,
  Forwarding,
  onMonitorsChanged,
  RemoteScopes,
  wantedFromThreads,
} from '../../instrumentation/index.ts';
import { sharedSlot } from '../../token/index.ts';
import type { Peer } from '../link/index.ts';

/** Main thread: the workers that are told which events are wanted. */
const workers = sharedSlot('forwarding workers', () => new Set<Peer>());

/** Connects the telemetry of a thread that was just linked. */
export function connectTelemetry(peer: Peer): void {
  if (isMainThread) hearFrom(peer);
  else if (peer.origin.threadId === 0) forwardTo(peer);
}

function forwardTo(main: Peer): void {
  const forwarding = new Forwarding((batch) => main.send({ kind: 'events', batch }));
  main.on('wanted', ({ hooks }) => forwarding.want(hooks as readonly string[]));
  main.onGone(() => forwarding.want([]));
}

function hearFrom(worker: Peer): void {
  const scopes = new RemoteScopes(() => worker.origin);
  worker.on('events', ({ batch }) => scopes.receive(batch as EventBatch));
  worker.onGone(() => {
    workers.delete(worker);
    scopes.end();
  });
  if (workers.size === 0) watchMonitors();
  workers.add(worker);
  worker.send({ kind: 'wanted', hooks: wantedFromThreads() });
}

let watching = false;

function watchMonitors(): void {
  if (watching) return;
  watching = true;
  onMonitorsChanged(() => {
    for (const worker of workers) worker.send({ kind: 'wanted', hooks: wantedFromThreads() });
  });
}

/**
 * Telemetry across threads: workers forward their lifecycle events to the main thread, as long as it has monitors.
 *
 * J1. No call starts it: it comes with the link to the main thread. Of two links (K4) the main thread hears both, and a
 *     worker uses the first that tells it what is wanted.
 * J2. At most {@link UNTAKEN_MAX} events are on their way to a main thread that is busy; further ones wait (V3).
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

/** Connects the telemetry of a thread that was just linked. */
export function connectTelemetry(peer: Peer): void {
  if (isMainThread) hearFrom(peer);
  else if (peer.origin.threadId === 0) sharedSlot('telemetry to main', () => new ToMain()).add(peer);
}

const UNTAKEN_MAX = 4096;

/** Worker: its links to the main thread, and what goes through the one in use. */
class ToMain {
  readonly #links = new Set<Peer>();
  #inUse: Peer | undefined;
  #untaken = 0;
  readonly #forwarding = new Forwarding((batch, last) => {
    if (this.#untaken >= UNTAKEN_MAX && !last) return false; // J2
    if (this.#link?.send({ kind: 'events', batch }) !== true) return false;
    this.#untaken += batch.events.length;
    return true;
  });

  /** Until one has told what is wanted, the newest: an older one may turn out to be refused. */
  get #link(): Peer | undefined {
    return this.#inUse ?? [...this.#links].at(-1);
  }

  add(main: Peer): void {
    this.#links.add(main);
    main.on('wanted', ({ hooks }) => {
      if (this.#inUse === undefined) this.#untaken = 0; // what went to one before is no affair of this one's
      this.#inUse ??= main;
      if (this.#inUse === main) this.#forwarding.want(hooks as readonly string[]);
    });
    main.on('taken', ({ events }) => {
      this.#untaken = Math.max(0, this.#untaken - (events as number));
      this.#forwarding.flush();
    });
    main.onGone(() => {
      this.#links.delete(main);
      if (this.#inUse === main) this.#inUse = undefined;
      if (this.#links.size === 0) this.#forwarding.want([]);
    });
  }
}

/** Main thread: the workers that are told which events are wanted, and their scopes. */
const workers = sharedSlot('forwarding workers', () => new Map<Peer, RemoteScopes>());

function hearFrom(worker: Peer): void {
  const scopes = new RemoteScopes(() => worker.origin);
  worker.on('events', ({ batch }) => {
    scopes.receive(batch as EventBatch);
    worker.send({ kind: 'taken', events: (batch as EventBatch).events.length });
  });
  worker.onGone(() => {
    workers.delete(worker);
    scopes.end();
  });
  if (workers.size === 0) watchMonitors();
  workers.set(worker, scopes);
  worker.send({ kind: 'wanted', hooks: wantedFromThreads() });
}

let watching = false;

function watchMonitors(): void {
  if (watching) return;
  watching = true;
  onMonitorsChanged(() => {
    const hooks = wantedFromThreads();
    for (const [worker, scopes] of workers) {
      if (hooks.length === 0) scopes.forget();
      worker.send({ kind: 'wanted', hooks });
    }
  });
}

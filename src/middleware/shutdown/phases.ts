/**
 * The phases of a shutdown, one after the other.
 *
 *   running ─begin─▶ announce ─▶ intake ─▶ drain ──all ended──────────────▶ ended
 *                                            └─drainMs─▶ cancel ──all ended──▶│
 *      any of them ──force, a second signal─▶ force ◀─graceMs─┘               │
 *                                               └──all ended or forceMs──────▶┘
 *
 * SD1. Announce goes first, with everything still served, so that whoever routes here can stop (H7).
 * SD2. A phase ends as soon as it can, at the latest when its time is over; each tells monitors once, when it has ended.
 * SD3. Forced, the phase that runs ends at once, those before `force` are left out, and what is open is cancelled and cut.
 * SD4. No phase runs twice. What fails in one, a step of the service or a server, is reported, and the next one comes.
 */
import { reportShutdownPhase, type ShutdownPhase } from '../../instrumentation/index.ts';
import { type Clock, hooks, type Scope } from '../../token/index.ts';
import type { CoveredScopes } from './covered-scopes.ts';
import type { CheckedShutdownOptions, ShutdownStep } from './options.ts';
import type { ServerWork } from './server-work.ts';

/** Where a shutdown is. */
export type ShutdownState = 'running' | ShutdownPhase | 'ended';

/** Why it began. */
export interface Begun {
  readonly message: string;
  readonly via: readonly string[] | undefined;
}

/** How long it announces itself where there is a server to route to, unless told otherwise. */
const ANNOUNCE_MS = 5_000;

/** How many connections wait to be accepted at most: what Node asks the system for. */
const BACKLOG = 511;

/** Runs them. */
export class Phases {
  state: ShutdownState = 'running';
  /** Whether something was cut off. */
  wasForced = false;
  readonly #scope: Scope;
  readonly #clock: Clock;
  readonly #covered: CoveredScopes;
  readonly #servers: ReadonlySet<ServerWork>;
  readonly #options: CheckedShutdownOptions;
  /** Steps of the service that have not ended. */
  #steps = 0;
  #forced = false;
  #stopped = false;
  #check: (() => void) | null = null;

  constructor(scope: Scope, covered: CoveredScopes, servers: ReadonlySet<ServerWork>, options: CheckedShutdownOptions) {
    this.#scope = scope;
    this.#clock = options.clock;
    this.#covered = covered;
    this.#servers = servers;
    this.#options = options;
  }

  /** From announce to the end; resolves when nothing is open, or all the time is over. */
  async run(begun: Begun): Promise<void> {
    const {
      announceMs = this.#servers.size > 0 ? ANNOUNCE_MS : 0,
      drainMs,
      graceMs,
      forceMs,
      onAnnounce,
      onStopIntake,
      onForce,
    } = this.#options;
    await this.#phase('announce', () => {
      this.#step(onAnnounce);
      for (const server of this.#servers) server.announce();
      return this.#until(announceMs, () => false); // SD1
    });
    if (!this.#hurries()) {
      await this.#phase('intake', async () => {
        this.#step(onStopIntake);
        await this.#acceptWaiting();
        for (const server of this.#servers) server.stopListening();
      });
      await this.#phase('drain', () => this.#drain(drainMs));
    }
    if (!this.#hurries() && this.#isOpen()) {
      await this.#phase('cancel', () => {
        this.#covered.cancel(begun.message, begun.via);
        for (const server of this.#servers) server.closeIdle();
        return this.#until(graceMs, () => !this.#isOpen());
      });
    }
    if (!this.#stopped && (this.#forced || this.#isOpen())) {
      await this.#phase('force', () => {
        this.#covered.cancel(begun.message, begun.via); // SD3
        this.#step(onForce);
        for (const server of this.#servers) server.destroyAll();
        this.wasForced = true;
        this.#forced = false; // its own wait is not cut short
        return this.#until(forceMs, () => !this.#isOpen());
      });
    }
    this.state = 'ended';
  }

  /** Goes to the last phase at once (SD3). */
  force(): void {
    if (this.state === 'force' || this.state === 'ended') return;
    this.#forced = true;
    this.changed();
  }

  /** Ends it where it is, without another phase. */
  stop(): void {
    this.#stopped = true;
    this.changed();
  }

  /** Something may have ended. */
  changed(): void {
    this.#check?.();
  }

  /** What is open: requests, and covered scopes. */
  open(): { readonly requests: number; readonly scopes: number } {
    let requests = 0;
    for (const server of this.#servers) requests += server.requests;
    return { requests, scopes: this.#covered.count() };
  }

  async #phase(phase: ShutdownPhase, body: () => Promise<void> | void): Promise<void> {
    this.state = phase;
    const startedAt = this.#clock.now();
    const before = this.open();
    try {
      await body();
    } catch (error) {
      this.#report(error); // SD4
    }
    const { requests: requestsLeft, scopes: scopesLeft } = this.open();
    reportShutdownPhase(this.#scope, {
      phase,
      startedAt,
      endedAt: this.#clock.now(),
      ...before,
      requestsLeft,
      scopesLeft,
    });
  }

  /** Until nothing is open; only then are idle connections closed, and the last ones waited for. */
  async #drain(drainMs: number): Promise<void> {
    const endsAt = this.#clock.now() + drainMs;
    const left = (): number => endsAt - this.#clock.now();
    do {
      await this.#until(left(), () => !this.#isWorking());
      await loopTurn(); // a request may have come in meanwhile (H7)
    } while (this.#isWorking() && left() > 0 && !this.#hurries());
    if (this.#isWorking() || this.#hurries()) return;
    for (const server of this.#servers) server.closeIdle();
    await this.#until(left(), () => !this.#isOpen());
  }

  /** Waits until `isOver`, at most `ms`; not at all when it is forced or stopped. */
  async #until(ms: number, isOver: () => boolean): Promise<void> {
    const over = (): boolean => this.#hurries() || isOver();
    if (ms <= 0 || over()) return;
    await new Promise<void>((resolve) => {
      let asked = false;
      const done = (): void => {
        this.#check = null;
        timer.clear();
        resolve();
      };
      const timer = this.#clock.setTimer(done, ms, true);
      this.#check = () => {
        if (asked) return;
        asked = true; // many scopes may end at once
        queueMicrotask(() => {
          asked = false;
          if (over()) done();
        });
      };
    });
  }

  /** Takes the connections that the system has made already: it would reset them. Node takes one a turn. */
  async #acceptWaiting(): Promise<void> {
    const accepted = (): number => [...this.#servers].reduce((sum, server) => sum + server.accepted, 0);
    let before = -1;
    for (let turn = 0; turn < BACKLOG && accepted() > before && !this.#stopped; turn++) {
      before = accepted();
      await loopTurn();
    }
  }

  #hurries(): boolean {
    return this.#forced || this.#stopped;
  }

  #isWorking(): boolean {
    if (this.#steps > 0 || this.#covered.isAnyOpen()) return true;
    for (const server of this.#servers) if (server.requests > 0) return true;
    return false;
  }

  /** Whether anything is open: work, or a connection. */
  #isOpen(): boolean {
    if (this.#isWorking()) return true;
    for (const server of this.#servers) if (!server.isClosed) return true;
    return false;
  }

  /** Calls a step of the service; its promise is open work, its failure is reported (SD4). */
  #step(step: ShutdownStep | undefined): void {
    if (step === undefined) return;
    this.#steps++;
    const ended = (): void => {
      this.#steps--;
      this.changed();
    };
    new Promise((resolve) => resolve(step())).then(ended, (error: unknown) => {
      this.#report(error);
      ended();
    });
  }

  #report(error: unknown): void {
    const { id, name } = this.#scope;
    hooks.listenerFailed?.({ token: { id, name }, scopeName: name, error });
  }
}

/** Resolves when all that has come in on any connection has been read. */
function loopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

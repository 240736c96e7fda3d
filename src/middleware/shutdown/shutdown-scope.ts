/**
 * A graceful shutdown, as a scope: what is opened in it or linked to its token is waited for, then cancelled.
 *
 * SD9. Signal handlers are there only when asked for, and go when it is over or disposed: the default action is back.
 * SD10. It never ends the process, unless `exit` is set.
 */
import type { Server } from 'node:net';
import { onScopeSettled } from '../../instrumentation/index.ts';
import { Disposer, openScope, type ReadonlyToken, type Scope, triggers } from '../../token/index.ts';
import { CoveredScopes } from './covered-scopes.ts';
import { checkedOptions, type CheckedShutdownOptions, checkServer, type ShutdownOptions } from './options.ts';
import { type Begun, Phases, type ShutdownState } from './phases.ts';
import { ServerWork } from './server-work.ts';

/** How a shutdown ended. */
export interface ShutdownResult {
  /** Whether something had to be cut off. */
  readonly forced: boolean;
  /** Requests and covered scopes that were left running. */
  readonly left: number;
  readonly durationMs: number;
  /** Why it began, such as `received SIGTERM`. */
  readonly message: string;
}

/** A shutdown that may come. Made by {@link shutdownScope}. */
export interface Shutdown extends Disposable {
  /** Its scope: give it to other scopes as their `parent`. Cancelling it cancels all of them, and begins the shutdown. */
  readonly scope: Scope;
  /** Its scope's token, to be read: give it to other scopes as their `token`. Cancelled when the drain is over, not before. */
  readonly token: ReadonlyToken;
  /** Where it is. */
  readonly state: ShutdownState;
  /** Whether it has begun: a readiness check answers 503 then. */
  readonly isShuttingDown: boolean;
  /** What `Retry-After` should say, in seconds. */
  readonly retryAfterSeconds: number;
  /** Resolves when it is over; never rejects. Pending for ever if it is disposed before it began. */
  readonly ended: Promise<ShutdownResult>;
  /** Begins it. Once: later calls give the same promise. */
  begin(message?: string): Promise<ShutdownResult>;
  /** Cancels and cuts off all that is open, at once; begins it if need be. */
  force(message?: string): Promise<ShutdownResult>;
  /** Winds down this server too. Disposing what it returns forgets it. @throws {InvalidArgumentError} it is no server. */
  add(server: Server): Disposable;
  /** Removes the signal handlers and lets go of the servers. A shutdown under way stops where it is. Twice changes nothing. */
  [Symbol.dispose](): void;
}

/**
 * Prepares a graceful shutdown: announce → stop intake → drain → cancel → force. Each phase ends as soon as it can, and
 * tells monitors by `shutdownPhaseEnded`. With `signals`, the first one begins it and a second one forces it.
 *
 * What it waits for: requests on its servers, their connections, and the scopes opened in its scope or linked to its
 * token. After `drainMs` these are cancelled with `shutdown`. A WebSocket is a connection: close it on `onCancel`.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * const shutdown = shutdownScope({ signals: ['SIGTERM'], servers: [server] });
 * app.get('/readyz', (_, response) => response.status(shutdown.isShuttingDown ? 503 : 200).end());
 */
export function shutdownScope(options: ShutdownOptions = {}): Shutdown {
  return new ShutdownHandle(checkedOptions(options));
}

class ShutdownHandle implements Shutdown {
  readonly scope: Scope;
  readonly token: ReadonlyToken;
  readonly ended: Promise<ShutdownResult>;
  readonly #options: CheckedShutdownOptions;
  readonly #phases: Phases;
  readonly #covered: CoveredScopes;
  readonly #servers = new Set<ServerWork>();
  #signals: Disposable | undefined;
  #end: (result: ShutdownResult) => void = () => {};
  #begun = false;
  #disposed = false;

  constructor(options: CheckedShutdownOptions) {
    const { name, clock, scopes, signals, servers } = options;
    this.#options = options;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    // First what may throw for a name that is none: nothing is open yet.
    const signal = signals.length === 0 ? undefined : triggers.osSignal(...signals);
    this.scope = openScope(name, { detached: true, clock });
    this.token = this.scope.token.readonly();
    this.#covered = new CoveredScopes(this.scope, scopes === 'all');
    this.#phases = new Phases(this.scope, this.#covered, this.#servers, options);
    try {
      this.#signals = signal?.start((_reason, message = 'signal', via) => this.#onSignal({ message, via }), {
        clock,
        report: () => {},
      }) as Disposable | undefined;
    } catch (error) {
      this.scope.close(); // one that cannot be caught
      throw error;
    }
    for (const server of servers) this.add(server);
    this.scope.onCancel(() => void this.begin('its scope was cancelled'));
  }

  get state(): ShutdownState {
    return this.#phases.state;
  }

  get isShuttingDown(): boolean {
    return this.#begun;
  }

  get retryAfterSeconds(): number {
    return this.#options.retryAfterSeconds;
  }

  begin(message = 'shutdown'): Promise<ShutdownResult> {
    return this.#begin({ message, via: undefined });
  }

  force(message = 'shutdown'): Promise<ShutdownResult> {
    this.#phases.force();
    return this.begin(message);
  }

  add(server: Server): Disposable {
    checkServer('server', server);
    const work = new ServerWork(server, () => this.#phases.changed());
    this.#servers.add(work);
    if (this.#begun) work.announce();
    if (this.#begun && this.state !== 'announce') work.stopListening();
    return new Disposer(() => {
      work[Symbol.dispose]();
      this.#servers.delete(work);
      this.#phases.changed();
    });
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#phases.stop();
    this.#letGo();
  }

  #onSignal(begun: Begun): void {
    if (this.#begun) void this.force(begun.message);
    else void this.#begin(begun);
  }

  #begin(begun: Begun): Promise<ShutdownResult> {
    if (!this.#begun && !this.#disposed) {
      this.#begun = true;
      void this.#run(begun);
    }
    return this.ended;
  }

  async #run(begun: Begun): Promise<void> {
    const { clock, exit } = this.#options;
    const startedAt = clock.now();
    using _watch = onScopeSettled(() => this.#phases.changed());
    await this.#phases.run(begun);
    const { requests, scopes } = this.#phases.open();
    const left = requests + scopes;
    const { wasForced: forced } = this.#phases;
    this.#letGo();
    this.#end({ forced, left, durationMs: clock.now() - startedAt, message: begun.message });
    if (!exit || this.#disposed) return;
    if (left > 0) process.exitCode ??= 1;
    process.exit();
  }

  #letGo(): void {
    this.#signals?.[Symbol.dispose]();
    this.#signals = undefined;
    for (const work of this.#servers) work[Symbol.dispose]();
    this.scope.close();
  }
}

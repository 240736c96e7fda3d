/**
 * A request's client, watched from the first byte: by a token until the route is known, then by the route's scope.
 *
 * XR3. One watch for the whole request: a client that goes away is told once, and cancels once, before its route or in it.
 */
import { reportClientDisconnect } from '../../instrumentation/index.ts';
import { Disposer, CancellationToken, linkTo, type ReadonlyToken, type Scope, systemClock } from '../../token/index.ts';
import {
  onDisconnect as clientTrigger,
  type DisconnectPhase,
  type DisconnectPolicy,
  type MiddlewareOptions,
  type NodeRequest,
  type NodeResponse,
  onClientGone,
  unroutedName,
  type WatchClient,
} from '../http/index.ts';

const NOTHING = new Disposer(() => {});

/** Watches one client. */
export class EarlyClient {
  readonly #method: string;
  readonly #answer: object;
  readonly #options: MiddlewareOptions<never>;
  readonly #watching: Disposable;
  #listener: ((phase: DisconnectPhase | undefined) => void) | undefined;
  #early: CancellationToken | undefined;
  #grace: Disposable | undefined;
  #isGone = false;
  #hasScope = false;
  #isOver = false;

  constructor(request: NodeRequest, response: NodeResponse, options: MiddlewareOptions<never>) {
    this.#method = request.method ?? 'GET';
    this.#answer = response;
    this.#options = options;
    this.#watching = onClientGone(request, response, (phase) => this.#gone(phase));
  }

  /** Whether it went away and that cancelled the request, or does by `policy`: no route is run then. */
  isGoneFor(policy: DisconnectPolicy = 'cancel'): boolean {
    if (!this.#isGone || policy !== 'cancel') return false;
    this.#cancel('disconnect', 'the client closed the connection');
    return true;
  }

  /** Watches for a scope. What happened before is told as known (XR3). */
  watch(gone: Parameters<WatchClient>[0]): Disposable {
    this.#hasScope = true;
    this.#listener = gone;
    this.#grace?.[Symbol.dispose]();
    if (this.#isGone) gone(undefined);
    return new Disposer(() => {
      if (this.#listener === gone) this.#listener = undefined;
    });
  }

  /** The token of a request whose scope is `scope`, if it is open. */
  tokenFor(scope: Scope | undefined): ReadonlyToken {
    return (this.#early ?? scope?.token ?? this.#made()).readonly();
  }

  /** Lets a token that was handed out early follow the scope. */
  follow(scope: Scope): void {
    if (this.#early !== undefined) linkTo(this.#early, scope.token, null);
  }

  /** Its answer is closed. */
  end(): void {
    this.#isOver = true;
    this.#watching[Symbol.dispose]();
    if (this.#grace === undefined) this.#early?.dispose();
  }

  #gone(phase: DisconnectPhase): void {
    this.#isGone = true;
    if (this.#listener !== undefined) {
      this.#listener(phase);
      return;
    }
    if (this.#hasScope) {
      reportClientDisconnect({ method: this.#method, phase }, this.#answer); // the scope has ended before the answer
      return;
    }
    const { onDisconnect, clock = systemClock } = this.#options;
    const trigger = clientTrigger(this.#method, (gone) => (gone(phase), NOTHING), onDisconnect, this.#answer);
    const cancel = (_reason: unknown, message?: string): void => this.#cancel('disconnect', message);
    const grace = trigger.start(cancel, { clock, report: () => {} }) ?? undefined;
    if (typeof onDisconnect === 'object') this.#grace = grace;
  }

  #cancel(reason: 'disconnect', message: string | undefined): void {
    const token = this.#early ?? this.#made();
    if (token.cause === undefined) token.cancel(reason, message);
  }

  #made(): CancellationToken {
    const { token, clock } = this.#options;
    const made = new CancellationToken({ name: unroutedName(this.#method), ...(clock !== undefined && { clock }) });
    this.#early = made;
    if (token !== undefined && !this.#isOver) linkTo(made, token, null);
    return made;
  }
}

/**
 * What cancels a call goes on cancelling it while its body is read.
 *
 * C17. That is every scope around the call, so that one further out still does when the nearest has ended; the caller's
 *      signal; and what is left of the call's `timeoutMs`.
 * C18. Following ends with the body: read to its end, cancelled, failed or collected. Nothing is then left anywhere.
 * C19. A body that is cut off is told of as a scope, `{name}:body`, that opens and ends with the cancel: an abort ends the
 *      body at once. One open for as long as bodies are would tell of work where all that is left is to read a buffer.
 */
import { finished } from 'node:stream';
import { CancellationToken, openScope, type Scope } from '../../token/index.ts';
import { reasonOf, reportCut } from '../outgoing/index.ts';

/** A call whose headers are there. */
export interface AnsweredCall {
  readonly scope: Scope;
  /** Of the signal that `fetch` was given. */
  readonly controller: AbortController;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  /** Held while the body is read: the signal of a Request is only as good as the Request is alive. */
  readonly input: unknown;
}

/** Follows the body of `response`, if it has one and anything can cancel it. */
export function followBody(response: Response, call: AnsweredCall): void {
  const body = (response as { body?: object | null } | undefined)?.body;
  if (body === undefined || body === null) return;
  const sources: (CancellationToken | AbortSignal)[] = tokensAround(call.scope.token);
  if (call.signal !== undefined) sources.push(call.signal);
  if (sources.length === 0 && call.timeoutMs === Infinity) return;
  new BodyFollow(call, sources, body);
}

/** The tokens a call's own hangs under, nearest first (C17). By tokens, not by scopes: a shield has none above it. */
function tokensAround(token: CancellationToken): CancellationToken[] {
  const tokens: CancellationToken[] = [];
  for (let node = token._parent; node !== null; node = node._parent) tokens.push(node as CancellationToken);
  return tokens;
}

/** Bodies that are let go unread (C18). */
const collected = new FinalizationRegistry<BodyFollow>((follow) => follow.end());

class BodyFollow {
  readonly #call: AnsweredCall;
  readonly #token: CancellationToken;
  readonly #parent: Scope | undefined;
  readonly #timer: { clear(): void } | undefined;

  constructor(call: AnsweredCall, sources: readonly (CancellationToken | AbortSignal)[], body: object) {
    const { scope, timeoutMs } = call;
    const clock = scope._clock;
    this.#call = call;
    this.#parent = scope.parent;
    this.#token = CancellationToken.any(sources, { name: `${scope.name}:body`, clock });
    this.#token.onCancel(() => this.#cutOff(), UNBOUND);
    if (timeoutMs !== Infinity) {
      this.#timer = clock.setTimer(() => this.#token.cancel('timeout'), scope._openedAt + timeoutMs - clock.now());
    }
    collected.register(body, this, this);
    try {
      finished(body as NodeJS.ReadableStream, () => this.end());
    } catch {
      // a stream of another make: it is collected in the end
    }
  }

  #cutOff(): void {
    const { controller, signal } = this.#call;
    const token = this.#token;
    const above = this.#parent === undefined ? { detached: true } : { parent: this.#parent };
    const cut = openScope(token.name, { ...above, token }); // C19
    reportCut(token.name);
    controller.abort(reasonOf(token, signal));
    cut.close();
    this.end();
  }

  /** Its body has ended. Twice changes nothing. */
  end(): void {
    collected.unregister(this);
    this.#timer?.clear();
    this.#token.dispose();
  }
}

/** Platform listeners on the signal run in the canceller's context too. */
const UNBOUND = { bind: false };

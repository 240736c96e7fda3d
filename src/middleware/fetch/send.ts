/**
 * Making the request, with its budget, and following it where it is sent on to.
 *
 * C30. A budget goes to listed hosts only, also when one of them redirects: `fetch` would take the header along to
 *      wherever that leads. So a call that carries one follows redirects here, by the rules of `fetch`, and each host is
 *      told what is left then, or nothing.
 *
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
import type { Scope } from '../../token/index.ts';
import { type CallPlan, isSmaller } from '../outgoing/index.ts';
import { type FetchArguments, headersOf, initWith, isRequest } from './fetch-arguments.ts';
import { redirected } from './redirect.ts';

/** As many as `fetch` follows. */
const REDIRECTS_MAX = 20;

/** A call as it is sent. */
export interface Sending {
  readonly plan: CallPlan;
  readonly fetch: typeof globalThis.fetch;
  readonly scope: Scope;
  /** Where it goes, if that matters. */
  readonly url: URL | undefined;
  readonly signal: AbortSignal;
}

/** Calls `fetch`, once for each host on the way. */
export async function send(sending: Sending, given: FetchArguments): Promise<Response> {
  const { plan, fetch, scope, url, signal } = sending;
  const header = url && plan.headerFor(url.host, scope);
  if (url === undefined || header === undefined) return fetch(given.input, initWith(given.init, { signal }));
  const headers = headersOf(given);
  const present = headers.get(header[0]);
  if (!isSmaller(present, header)) headers.set(...header);
  const first = initWith(given.init, { signal, headers });
  const mode = given.init?.redirect ?? (isRequest(given.input) ? given.input.redirect : 'follow');
  if (mode !== 'follow') return fetch(given.input, first);

  let response = await fetch(given.input, { ...first, redirect: 'manual' });
  let from = { url, given };
  for (let count = 0; ; count++) {
    const next = redirected(response, from.url, from.given, count < REDIRECTS_MAX); // C30
    if (next === undefined) break;
    await response.body?.cancel();
    const { headers } = next;
    headers.delete(header[0]);
    const left = plan.headerFor(next.url.host, scope);
    if (left !== undefined) headers.set(left[0], present !== null && isSmaller(present, left) ? present : left[1]);
    from = { url: next.url, given: { input: next.url, init: initWith(next.init, { headers, signal }) } };
    response = await fetch(next.url, { ...from.given.init, redirect: 'manual' });
    Object.defineProperty(response, 'redirected', { value: true, configurable: true });
  }
  return response;
}

/**
 * Where a redirect leads, and what is sent there.
 *
 * C31. By the rules of `fetch`: 303, and 301 or 302 to a POST, become a GET without a body; what names the user goes to
 *      no other origin; a body that was a stream cannot be sent again. What `fetch` refuses is refused with its TypeError.
 */
import { type FetchArguments, headersOf, isRequest, membersOf, methodOf } from './fetch-arguments.ts';

/** The next request of a call. */
export interface Redirect {
  readonly url: URL;
  readonly init: RequestInit;
  readonly headers: Headers;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const OF_THE_BODY = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length'];
const OF_THE_USER = ['authorization', 'proxy-authorization', 'cookie', 'host'];

/** What `response` asks for; undefined if nothing. @throws {TypeError} `fetch` would not follow it (C31). */
export function redirected(
  response: Response,
  from: URL,
  given: FetchArguments,
  mayFollow: boolean,
): Redirect | undefined {
  const { status } = response;
  const location = REDIRECTS.has(status) ? response.headers.get('location') : null;
  if (location === null) return undefined;
  const url = leadsTo(location, from);
  if (!mayFollow) throw refused('redirect count exceeded');
  const headers = headersOf(given);
  const { body, method, ...rest } = { ...(isRequest(given.input) ? membersOf(given.input) : {}), ...given.init };
  const asked = methodOf(given).toUpperCase();
  const becomesGet = status === 303 ? asked !== 'GET' && asked !== 'HEAD' : status < 303 && asked === 'POST';
  if (becomesGet) for (const name of OF_THE_BODY) headers.delete(name);
  if (url.origin !== from.origin) for (const name of OF_THE_USER) headers.delete(name);
  if (becomesGet) return { url, headers, init: { ...rest, method: 'GET' } };
  if (body != null && !isRepeatable(body)) throw refused('its body cannot be sent again to where it was redirected');
  return { url, headers, init: { ...rest, ...(method !== undefined && { method }), ...(body != null && { body }) } };
}

function leadsTo(location: string, from: URL): URL {
  let url: URL;
  try {
    url = new URL(location, from);
  } catch (error) {
    throw refused(error);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('URL scheme must be a HTTP(S) scheme');
  if (url.origin !== from.origin && (url.username !== '' || url.password !== '')) {
    throw refused('cross origin not allowed for request mode "cors"');
  }
  if (url.hash === '') url.hash = from.hash;
  return url;
}

function isRepeatable(body: unknown): boolean {
  return (
    typeof body === 'string' ||
    ArrayBuffer.isView(body) ||
    [ArrayBuffer, Blob, FormData, URLSearchParams].some((kind) => body instanceof kind)
  );
}

function refused(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause: typeof cause === 'string' ? new Error(cause) : cause });
}

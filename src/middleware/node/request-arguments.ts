/**
 * Reading what `http.request` was given.
 */
import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { OutgoingRequest } from '../outgoing/index.ts';

type Callback = (response: IncomingMessage) => void;

/** All that `http.request` takes. */
export type RequestArguments = readonly [
  urlOrOptions: string | URL | RequestOptions,
  optionsOrCallback?: RequestOptions | Callback,
  callback?: Callback,
];

/** The same, each in its place. */
export interface Arranged {
  readonly url: string | URL | undefined;
  readonly options: RequestOptions;
  readonly callback: Callback | undefined;
}

/** Its arguments, told apart as Node tells them apart. */
export function requestArguments([first, second, third]: RequestArguments): Arranged {
  const callback = typeof second === 'function' ? second : third;
  const options = typeof second === 'function' ? undefined : second;
  if (typeof first === 'string' || first instanceof URL) return { url: first, options: options ?? {}, callback };
  return { url: undefined, options: first ?? {}, callback };
}

/** What a request's name is made of. An option goes before the same part of the URL. */
export function describe(given: string | URL | undefined, options: RequestOptions): OutgoingRequest {
  let url: URL | undefined;
  try {
    url = given === undefined ? undefined : new URL(given);
  } catch {
    // for the request to say
  }
  const name = options.hostname ?? options.host ?? url?.hostname ?? 'localhost';
  const port = options.port ?? url?.port ?? '';
  return {
    method: (options.method ?? 'GET').toUpperCase(),
    host: port === '' ? name : `${name}:${port}`,
    path: options.path ?? (url === undefined ? '/' : url.pathname + url.search),
  };
}

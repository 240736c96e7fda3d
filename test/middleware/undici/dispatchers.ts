/** Dispatchers with the interceptor, and the ways to call through them. */
import { onTestFinished } from 'vitest';
import { Agent, type Dispatcher, fetch as undiciFetch } from 'undici';
import { cancellation } from '../../../src/middleware/undici/index.ts';

export type Options = Parameters<typeof cancellation>[0];

/** A dispatcher with the interceptor, until the test is over. */
export function agentWith(options?: Options, ...others: Dispatcher.DispatcherComposeInterceptor[]): Dispatcher {
  const agent = new Agent({ connect: { rejectUnauthorized: false } });
  onTestFinished(() => agent.destroy());
  return agent.compose(cancellation(options), ...others);
}

export type Make = (
  dispatcher: Dispatcher,
  url: string,
  signal?: AbortSignal,
) => Promise<{ read: () => Promise<string> }>;

export const makers: readonly [by: string, make: Make][] = [
  [
    'request',
    async (dispatcher, url, signal) => {
      const { origin, pathname } = new URL(url);
      const { body } = await dispatcher.request({ origin, path: pathname, method: 'GET', ...(signal && { signal }) });
      return { read: () => body.text() };
    },
  ],
  [
    'fetch',
    async (dispatcher, url, signal) => {
      const response = await undiciFetch(url, { dispatcher, ...(signal && { signal }) });
      return { read: () => response.text() };
    },
  ],
];

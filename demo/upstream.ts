/**
 * A slow upstream: what the service calls with `fetch`. It knows nothing of cancelscope, as most upstreams don't.
 */
import { createServer } from 'node:http';
import { KEEP_ALIVE_MS, listen } from './listen.ts';

/** The upstream, and how the service calls it. */
export interface Upstream extends Disposable {
  /** Some rows after `delayMs`. Rejects when the signal aborts, or with {@link UpstreamError}. */
  rows(what: string, delayMs: number, signal: AbortSignal): Promise<string[]>;
}

/** The upstream answered with an error. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
}

/** Starts one on a free port. It fails for everything called `broken`. */
export async function startUpstream(): Promise<Upstream> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://upstream');
    const answer = (): void => {
      const broken = url.pathname === '/broken';
      response.writeHead(broken ? 500 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(broken ? [] : ['north', 'south', 'east', 'west']));
    };
    const timer = setTimeout(answer, Number(url.searchParams.get('ms')));
    response.on('close', () => clearTimeout(timer));
  });
  const port = await listen(server, 0);
  return {
    async rows(what, delayMs, signal) {
      const response = await fetch(`http://127.0.0.1:${port}/${what}?ms=${delayMs}`, { signal });
      if (!response.ok) throw new UpstreamError(`the upstream answered ${response.status} for ${what}`);
      return (await response.json()) as string[];
    },
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

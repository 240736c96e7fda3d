/**
 * Clients of a sample service: most wait for their answer, some go away in the middle, at random but repeatable.
 */
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { once } from 'node:events';

/** How the clients of a load behaved. */
export interface Load {
  /** Requests whose client went away, by method and phase. */
  readonly disconnects: Record<string, number>;
  /** Requests that came to their end, or were destroyed by the server. */
  readonly ended: number;
}

type Kind = (typeof KINDS)[number];
const KINDS = ['fast', 'echo', 'destroy', 'hang', 'hangBody', 'upload', 'stream'] as const;

/** Numbers from 0 to 1 that a seed gives again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes `count` requests, at most `together` at once. */
export async function makeLoad(port: number, seed: number, count: number, together: number): Promise<Load> {
  const random = randomFrom(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: together });
  const disconnects: Record<string, number> = {};
  let ended = 0;
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const kind = KINDS[Math.floor(random() * KINDS.length)] as Kind;
      const reset = random() < 0.5;
      const left = await oneRequest(kind, { port, agent, reset });
      if (left === undefined) ended++;
      else disconnects[left] = (disconnects[left] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: together }, client));
  agent.destroy();
  return { disconnects, ended };
}

interface Ways {
  readonly port: number;
  readonly agent: Agent;
  /** Whether the connection is reset, not ended, by a client that leaves. */
  readonly reset: boolean;
}

/** One request; gives `METHOD phase` when its client went away. */
async function oneRequest(kind: Kind, ways: Ways): Promise<string | undefined> {
  switch (kind) {
    case 'fast':
      await answered(open('GET', '/fast', ways));
      return undefined;
    case 'echo':
      await answered(open('POST', '/echo', ways, '{"a":1}'));
      return undefined;
    case 'destroy':
      await failed(open('GET', '/destroy', ways));
      return undefined;
    case 'hang':
      await leave(open('GET', '/hang', ways), 'information', ways);
      return 'GET before_headers';
    case 'hangBody':
      await leave(open('POST', '/hang', ways, '{"a":1}'), 'information', ways);
      return 'POST before_headers';
    case 'upload': {
      const request = open('POST', '/echo', ways, undefined, { expect: '100-continue', 'content-length': 100 });
      request.flushHeaders();
      await once(request, 'continue');
      request.write('{"a":');
      go(request, ways);
      return 'POST before_headers';
    }
    case 'stream':
      await leave(open('GET', '/stream', ways), 'response', ways);
      return 'GET streaming';
  }
}

function open(
  method: string,
  path: string,
  { port, agent }: Ways,
  body?: string,
  headers: Record<string, string | number> = {},
): ClientRequest {
  const type = method === 'POST' ? { 'content-type': 'application/json' } : {};
  const request = httpRequest({ host: '127.0.0.1', port, path, method, agent, headers: { ...type, ...headers } });
  request.on('error', () => {}); // of one that leaves, or is destroyed by the server
  if (headers['expect'] === undefined) request.end(body);
  return request;
}

async function answered(request: ClientRequest): Promise<void> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}

function failed(request: ClientRequest): Promise<unknown> {
  return new Promise((resolve) => request.on('error', resolve));
}

/** Waits until the server has begun, and goes away. */
async function leave(request: ClientRequest, begun: 'information' | 'response', ways: Ways): Promise<void> {
  const [message] = (await once(request, begun)) as [IncomingMessage];
  if (begun === 'response') {
    message.on('error', () => {});
    await once(message, 'data');
  }
  go(request, ways);
}

function go(request: ClientRequest, { reset }: Ways): void {
  const { socket } = request;
  if (reset) socket?.resetAndDestroy();
  else request.destroy();
}

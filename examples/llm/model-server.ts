/**
 * A model on this machine: it tells a script, in the protocol of the Gemini API (`streamGenerateContent`, as server-sent
 * events).
 *
 * L1. It goes on exactly behind what the history says it has said. A history it cannot have said is refused with 400:
 *     a client that loses text is found out.
 * L2. The same seed gives the same pieces, and `pieces` and `wire` cut text and bytes as a test likes.
 * L3. It says a piece when `pace` resolves; one that never does is a model that has fallen silent.
 * L4. It stops when its client goes away: nobody is billed for what nobody reads.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CancellationToken, isCancelled, type Scope } from 'cancelscope';
import { requestScope } from 'cancelscope/node';
import type { Content } from '@google/genai';
import { createDice } from './random.ts';
import { errorBody, eventOf, lastEventOf, RequestError, spokenSoFar } from './model-protocol.ts';

/** What the model is like. */
export interface ModelOptions {
  /** All it has to say. */
  readonly script: string;
  /** Of the sizes of its pieces (L2); default 1. */
  readonly seed?: number;
  /** Resolves when the next piece may go out (L3); rejecting breaks the connection. Default at once. */
  readonly pace?: (turn: ModelTurn, scope: Scope) => Promise<unknown>;
  /** Cuts what is left to say into pieces, one an event; default some characters each, by the seed. */
  readonly pieces?: (text: string) => readonly string[];
  /** Cuts the bytes of an event into writes; default one. */
  readonly wire?: (event: Buffer) => readonly Buffer[];
}

/** One request, and how far its answer came. */
export interface ModelTurn {
  readonly contents: readonly Content[];
  /** What was said in this turn. */
  said: string;
  /** Resolves when it is over: all was said, or the client left first, or the connection was broken. */
  readonly ended: Promise<'complete' | 'client left' | 'broken'>;
}

/** A model that listens. */
export interface ModelServer extends AsyncDisposable {
  /** The base URL for a client. */
  readonly url: string;
  /** The requests so far. */
  readonly turns: readonly ModelTurn[];
}

/** Starts it on a free port of loopback. */
export async function startModelServer(options: ModelOptions): Promise<ModelServer> {
  const turns: ModelTurn[] = [];
  const serving = new Set<Promise<void>>();
  const stop = new CancellationToken({ name: 'model-server' });
  const server = createServer((request, response) => {
    const served = serve(options, turns, request, response, stop).finally(() => serving.delete(served));
    serving.add(served);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    turns,
    async [Symbol.asyncDispose]() {
      server.close();
      stop.cancel('shutdown');
      server.closeAllConnections();
      await Promise.all([once(server, 'close'), ...serving]);
    },
  };
}

async function serve(
  options: ModelOptions,
  turns: ModelTurn[],
  request: IncomingMessage,
  response: ServerResponse,
  token: CancellationToken,
): Promise<void> {
  let end: ((how: Awaited<ModelTurn['ended']>) => void) | undefined;
  try {
    await requestScope(request, response, { route: 'post:/models/{model}', token }, async (scope) => {
      const { contents, rest } = await readRequest(options.script, request);
      const turn: ModelTurn = { contents, said: '', ended: new Promise((resolve) => (end = resolve)) };
      turns.push(turn);
      await answer(options, turn, rest, response, scope);
      end?.('complete');
    });
  } catch (error) {
    end?.(isCancelled(error, 'disconnect') ? 'client left' : 'broken'); // L4
    refuse(response, error);
  }
}

async function readRequest(script: string, request: IncomingMessage): Promise<{ contents: Content[]; rest: string }> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const isStream = pathname.endsWith(':streamGenerateContent') && searchParams.get('alt') === 'sse';
  if (request.method !== 'POST' || !isStream) throw new RequestError(404, 'only :streamGenerateContent?alt=sse');
  const { contents } = JSON.parse(await text(request)) as { contents: Content[] };
  const said = spokenSoFar(contents);
  if (!script.startsWith(said)) throw new RequestError(400, 'the model has never said what the history says'); // L1
  return { contents, rest: script.slice(said.length) };
}

async function answer(
  { seed = 1, pace = () => Promise.resolve(), pieces = piecesBy(seed), wire = (event) => [event] }: ModelOptions,
  turn: ModelTurn,
  rest: string,
  response: ServerResponse,
  scope: Scope,
): Promise<void> {
  response.socket?.setNoDelay(true);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
  const send = async (event: Buffer): Promise<void> => {
    for (const bytes of wire(event)) {
      await scope.race(new Promise((resolve) => response.write(bytes, resolve)));
    }
  };
  for (const piece of pieces(rest)) {
    await scope.race(pace(turn, scope)); // L3
    turn.said += piece;
    await send(eventOf(piece));
  }
  await send(lastEventOf());
  response.end();
}

/** As a tokenizer would, roughly: two to seven characters a piece. */
function piecesBy(seed: number): (text: string) => readonly string[] {
  return (text) => {
    const dice = createDice(seed + text.length);
    const rest = Array.from(text); // whole characters: no tokenizer cuts one in half
    const pieces: string[] = [];
    while (rest.length > 0) pieces.push(rest.splice(0, 1 + dice(6)).join(''));
    return pieces;
  };
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = error instanceof RequestError ? error.status : 400;
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(errorBody(status, (error as Error).message));
}

/**
 * A model provider on loopback, in the protocols of OpenAI and of the AI SDK's gateway. The test says what the model says.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request, from the provider's side. */
export interface Answering {
  /** Says these words, all in one write. */
  say(...words: string[]): void;
  /** Ends the answer, with a usage of 7 tokens in and as many out as words were said. */
  finish(): void;
  /** Reports an error in the middle of the answer, and ends it. */
  fail(message: string): void;
  /** Breaks off without an end. */
  breakOff(): void;
  /** Resolves when the client has closed the request before its end. */
  readonly gone: Promise<void>;
}

export interface ModelServer {
  readonly url: string;
  /** The next request. */
  next(): Promise<Answering>;
  readonly requests: number;
}

interface Protocol {
  word(text: string): object;
  start(): object[];
  end(words: number): object[];
  error(message: string): object;
}

const openai: Protocol = {
  error: (message) => ({ error: { message } }),
  start: () => [chunk({ role: 'assistant', content: '' })],
  word: (content) => chunk({ content }),
  end: (words) => [
    chunk({}, 'stop'),
    { ...chunk({}), choices: [], usage: { prompt_tokens: 7, completion_tokens: words } },
  ],
};

const gateway: Protocol = {
  error: (error) => ({ type: 'error', error }),
  start: () => [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: '1' },
  ],
  word: (delta) => ({ type: 'text-delta', id: '1', delta }),
  end: (words) => [
    { type: 'text-end', id: '1' },
    {
      type: 'finish',
      finishReason: { unified: 'stop', raw: 'stop' },
      usage: { inputTokens: { total: 7 }, outputTokens: { total: words } },
    },
  ],
};

function chunk(delta: object, finish_reason: string | null = null): object {
  return {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason }],
  };
}

/** Starts one, until the test is over. */
export async function startModel(): Promise<ModelServer> {
  const waiting: Answering[] = [];
  const wanted: ((answering: Answering) => void)[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume();
    const answering = answer(response, request.url === '/v1/chat/completions' ? openai : gateway);
    const taker = wanted.shift();
    if (taker === undefined) waiting.push(answering);
    else taker(answering);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () => {
      const first = waiting.shift();
      return first === undefined ? new Promise((resolve) => wanted.push(resolve)) : Promise.resolve(first);
    },
    get requests() {
      return requests;
    },
  };
}

function answer(response: ServerResponse, { start, word, end, error }: Protocol): Answering {
  let said = 0;
  const write = (events: readonly object[]): void => {
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      events = [...start(), ...events];
    }
    response.write(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
  };
  return {
    say: (...words) => {
      said += words.length;
      write(words.map(word));
    },
    finish: () => {
      write(end(said));
      response.end('data: [DONE]\n\n');
    },
    fail: (message) => {
      write([error(message)]);
      response.end();
    },
    breakOff: () => response.destroy(),
    gone: new Promise((resolve) => {
      response.on('close', () => response.writableEnded || resolve());
    }),
  };
}

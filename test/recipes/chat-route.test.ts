import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chatRoute, type ChatRouteOptions, stopAnswer } from '../../examples/recipes/chat-route.ts';
import type { Generated } from '../../examples/recipes/generation.ts';
import { openaiStream } from '../../examples/recipes/openai-stream.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { type Answering, startModel } from './model-server.ts';

guardLeaks();
guardUnhandled();

/** A chat under way: the provider's side, the reader's, and what is kept. */
interface Chat {
  readonly answering: Answering;
  readonly reader: ReadableStreamDefaultReader<string>;
  closeTab(): Promise<void>;
  readonly kept: Promise<Generated>;
  readonly timesKept: number;
}

async function chat(onDisconnect: NonNullable<ChatRouteOptions['onDisconnect']>): Promise<Chat> {
  const model = await startModel();
  const client = new OpenAI({ apiKey: 'none', baseURL: `${model.url}/v1` });
  const source = openaiStream(client, { model: 'm', messages: [{ role: 'user', content: 'Tell me a story.' }] });
  const kept = deferred<Generated>();
  let timesKept = 0;
  const keep = (generated: Generated): void => {
    timesKept++;
    kept.resolve({ ...generated });
  };
  const route = chatRoute({ source, keep, onDisconnect });
  const ended: Promise<void>[] = [];
  const closed: Promise<unknown>[] = [];
  const server = createServer((request, response) => {
    closed.push(once(response, 'close'));
    ended.push(route(request, response, 'answer-1'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await Promise.all(ended);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const tab = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const answer = await fetch(url, { method: 'POST', signal: tab.signal });
  const reader = (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  reader.closed.catch(() => {}); // the tab that is closed
  const closeTab = async (): Promise<void> => {
    tab.abort();
    await closed[0];
  };
  return {
    answering: await model.next(),
    reader,
    closeTab,
    kept: kept.promise,
    get timesKept() {
      return timesKept;
    },
  };
}

describe('a chat whose reader closes the tab', () => {
  test('stops at the provider, where the policy is to cancel', async () => {
    const set = await chat('cancel');
    set.answering.say('Once');
    await set.reader.read();

    await set.closeTab();

    await set.answering.gone;
    expect(await set.kept).toMatchObject({ text: 'Once', end: 'disconnect' });
    expect(set.timesKept).toBe(1);
  });

  test('goes on to its end and is kept whole, where the policy is to detach', async () => {
    const set = await chat('detach');
    set.answering.say('Once');
    await set.reader.read();

    await set.closeTab();
    set.answering.say(' upon', ' a time');
    set.answering.finish();

    expect(await set.kept).toMatchObject({ text: 'Once upon a time', end: 'complete', usage: { outputTokens: 3 } });
    expect(set.timesKept).toBe(1);
  });

  test('stops at the provider when a grace is over', async () => {
    const set = await chat({ afterMs: 5 });
    set.answering.say('Once');
    await set.reader.read();

    await set.closeTab();

    await set.answering.gone;
    expect(await set.kept).toMatchObject({ text: 'Once', end: 'disconnect' });
  });

  test('can still be stopped by its button, where it goes on detached', async () => {
    const set = await chat('detach');
    set.answering.say('Once');
    await set.reader.read();
    await set.closeTab();

    expect(stopAnswer('answer-1')).toBe(true);

    await set.answering.gone;
    expect(await set.kept).toMatchObject({ text: 'Once', end: 'manual' });
    expect(set.timesKept).toBe(1);
  });
});

test('a chat that is stopped by its button ends for its reader as well', async () => {
  const set = await chat('cancel');
  set.answering.say('Once');
  expect((await set.reader.read()).value).toBe('data: "Once"\n\n');

  stopAnswer('answer-1');

  expect((await set.reader.read()).value).toBe('data: [DONE]\n\n');
  expect((await set.reader.read()).done).toBe(true);
  await set.answering.gone;
  expect(stopAnswer('answer-1')).toBe(false);
});

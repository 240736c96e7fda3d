import type { Content } from '@google/genai';
import { describe, expect, test } from 'vitest';
import { PAUSE_MARKER } from '../../examples/llm/marker-scanner.ts';
import type { Model } from '../../examples/llm/model.ts';
import { startModelServer } from '../../examples/llm/model-server.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { connect, startChat } from './chat-set-up.ts';

guardLeaks();

describe('the metrics', () => {
  test('count pauses by who asked for them, chunks, and the time to the first token of each request', async () => {
    const pieces = (text: string): string[] => [...text.matchAll(/!!CANCEL|./gs)].map(([piece]) => piece);
    await using server = await startModelServer({ script: `ab${PAUSE_MARKER}cd`, pieces });
    const chat = startChat(connect(server), {
      work: () => void (chat.shown.text === 'a' && chat.shown.notices.length === 0 && chat.space()),
      onPaused: ({ space }) => space(),
    });
    await chat.result;

    const metrics = await chat.metrics();

    expect(metrics.value('llm_pauses_total', { by: 'user' })).toBe(1);
    expect(metrics.value('llm_pauses_total', { by: 'model' })).toBe(1);
    expect(metrics.value('llm_chunks_total')).toBe(5);
    expect(metrics.value('llm_chunks_after_stop_total')).toBe(0);
    expect(metrics.value('llm_time_to_first_token_seconds_count', { request: 'first' })).toBe(1);
    expect(metrics.value('llm_time_to_first_token_seconds_count', { request: 'resumed' })).toBe(2);
  });

  test('count a chunk that comes after the pause; it is not shown, and the next request asks for it again', async () => {
    const late = deferred();
    const dropped = deferred();
    const histories: Content[][] = [];
    const stubborn: Model = {
      name: 'stubborn',
      // Knows nothing of signals.
      async *answer(contents) {
        histories.push(contents);
        if (histories.length === 2) return yield 'upon';
        try {
          yield 'Once ';
          await late.promise;
          yield 'upon';
        } finally {
          dropped.resolve();
        }
      },
    };
    const chat = startChat(stubborn);
    await chat.shows('Once ');

    chat.space();
    await chat.paused(1);
    late.resolve();
    await dropped.promise;

    expect(chat.shown.text).toBe('Once ');
    expect((await chat.metrics()).value('llm_chunks_after_stop_total')).toBe(1);
    chat.space();
    expect(await chat.result).toMatchObject({ ended: 'finished', text: 'Once upon' });
    expect(histories[1]?.[1]?.parts).toEqual([{ text: 'Once ' }]);
  });

  test('say zero from the start', async () => {
    await using server = await startModelServer({ script: '' });
    const chat = startChat(connect(server));
    await chat.result;

    const metrics = await chat.metrics();

    expect(metrics.find('llm_pauses_total').map(({ labels, value }) => [labels['by'], value])).toEqual([
      ['user', 0],
      ['model', 0],
    ]);
    expect(metrics.value('llm_chunks_after_stop_total')).toBe(0);
  });
});

import { createGateway } from 'ai';
import { CancellationToken, currentScope, isCancelled } from 'cancelscope';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { aiSdkStream } from '../../examples/recipes/ai-sdk-stream.ts';
import { generate, type Generated, type Source } from '../../examples/recipes/generation.ts';
import { openaiStream } from '../../examples/recipes/openai-stream.ts';
import { caught } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { type ModelServer, startModel } from './model-server.ts';

guardLeaks();
guardUnhandled();

const libraries: [name: string, sourceAt: (url: string) => Source][] = [
  [
    'openai',
    (url) => {
      const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1` });
      return openaiStream(client, { model: 'm', messages: [{ role: 'user', content: 'Tell me a story.' }] });
    },
  ],
  [
    'ai',
    (url) => aiSdkStream({ model: createGateway({ apiKey: 'none', baseURL: url })('m'), prompt: 'Tell me a story.' }),
  ],
];

/** One answer under way, and what becomes of it. */
interface Talk {
  readonly model: ModelServer;
  readonly stop: CancellationToken;
  readonly shown: string[];
  readonly kept: Generated[];
  readonly answer: Promise<Generated>;
  /** Resolves when that many pieces have been shown. */
  showed(pieces: number): Promise<void>;
}

async function talk(
  sourceAt: (url: string) => Source,
  onShow?: (text: string, stop: CancellationToken) => void,
): Promise<Talk> {
  const model = await startModel();
  const stop = new CancellationToken({ name: 'stop-button' });
  const shown: string[] = [];
  const kept: Generated[] = [];
  let notify = (): void => {};
  const show = (text: string): void => {
    shown.push(text);
    notify();
    onShow?.(text, stop);
  };
  const keep = async (generated: Generated): Promise<void> => {
    await new Promise(setImmediate); // as a database does
    currentScope()?.throwIfCancelled(); // as anything does that can be cancelled
    kept.push({ ...generated });
  };
  const showed = async (pieces: number): Promise<void> => {
    while (shown.length < pieces) await new Promise<void>((resolve) => (notify = resolve));
  };
  const answer = generate('chat', { token: stop, show, keep }, sourceAt(model.url));
  answer.catch(() => {}); // looked at later
  return { model, stop, shown, kept, answer, showed };
}

describe.each(libraries)('an answer through %s', (_, sourceAt) => {
  test('that is complete is shown piece by piece and kept once, with its usage', async () => {
    const { model, shown, kept, answer } = await talk(sourceAt);
    const answering = await model.next();
    answering.say('Once', ' upon');
    answering.say(' a time');
    answering.finish();

    const generated = await answer;

    expect(shown).toEqual(['Once', ' upon', ' a time']);
    expect(generated).toEqual({
      text: 'Once upon a time',
      pieces: 3,
      piecesAfterStop: 0,
      usage: { inputTokens: 7, outputTokens: 3 },
      end: 'complete',
    });
    expect(kept).toEqual([generated]);
  });

  test('that the user stops is stopped at the provider, and its part is kept once', async () => {
    const { model, stop, kept, answer, showed } = await talk(sourceAt);
    const answering = await model.next();
    answering.say('Once', ' upon');
    await showed(2);

    stop.cancel('manual', 'stop pressed');
    const error = await caught(answer);

    await answering.gone;
    expect(isCancelled(error, 'manual')).toBe(true);
    expect(kept).toEqual([{ text: 'Once upon', pieces: 2, piecesAfterStop: 0, usage: undefined, end: 'manual' }]);
  });

  test('that is stopped before its first word is stopped at the provider too', async () => {
    const { model, stop, kept, answer } = await talk(sourceAt);
    const answering = await model.next();

    stop.cancel();
    const error = await caught(answer);

    await answering.gone;
    expect(isCancelled(error)).toBe(true);
    expect(kept).toMatchObject([{ text: '', end: 'manual' }]);
    expect(model.requests).toBe(1); // and not asked for again
  });

  test('that is stopped before it starts asks for nothing', async () => {
    const model = await startModel();
    const stop = new CancellationToken({ name: 'stop-button' });
    stop.cancel();
    const kept: Generated[] = [];

    await caught(generate('chat', { token: stop, keep: (one) => kept.push(one) }, sourceAt(model.url)));

    expect([model.requests, kept]).toEqual([0, []]);
  });

  test('that breaks off fails, with its part kept once', async () => {
    const { model, kept, answer, showed } = await talk(sourceAt);
    const answering = await model.next();
    answering.say('Once');
    await showed(1);

    answering.breakOff();
    const error = await caught(answer);

    expect(isCancelled(error)).toBe(false);
    expect(kept).toMatchObject([{ text: 'Once', end: 'failed' }]);
  });

  test('whose provider reports an error fails with that, with its part kept once', async () => {
    const { model, kept, answer, showed } = await talk(sourceAt);
    const answering = await model.next();
    answering.say('Once');
    await showed(1);

    answering.fail('overloaded');

    expect(String(await caught(answer))).toContain('overloaded');
    expect(kept).toMatchObject([{ text: 'Once', end: 'failed' }]);
  });

  test('has pieces that come after the stop counted, not shown', async () => {
    const { model, shown, kept, answer } = await talk(sourceAt, (text, stop) => text === ' upon' && stop.cancel());
    const answering = await model.next();

    answering.say('Once', ' upon', ' a', ' time', ' there');
    await caught(answer);

    await answering.gone;
    expect(shown).toEqual(['Once', ' upon']);
    expect(kept).toMatchObject([{ text: 'Once upon', pieces: 2, piecesAfterStop: 3 }]);
  });
});

import { GoogleGenAI } from '@google/genai';
import { describe, expect, test } from 'vitest';
import { history } from '../../examples/llm/conversation.ts';
import { connectModel, type Model } from '../../examples/llm/model.ts';
import { type ModelOptions, type ModelServer, startModelServer } from '../../examples/llm/model-server.ts';
import { STORY } from '../../examples/llm/story.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { Faucet } from './faucet.ts';

guardLeaks();

const SCRIPT = 'Once upon a time – “naïve” 🙂 – there was a lamp.';

const letters = (text: string): string[] => Array.from(text);

function connect({ url }: ModelServer): Model {
  return connectModel({ model: 'storyteller', apiKey: 'none', url });
}

/** What a model with these options answers, piece by piece. */
async function answers(options: ModelOptions, said: readonly string[] = []): Promise<string[]> {
  await using server = await startModelServer(options);
  const pieces: string[] = [];
  for await (const piece of connect(server).answer(history('Tell me.', said), new AbortController().signal)) {
    pieces.push(piece);
  }
  return pieces;
}

describe('the model, through the real client', () => {
  test('it tells its script to the end', async () => {
    const pieces = await answers({ script: STORY });

    expect(pieces.length).toBeGreaterThan(100);
    expect(pieces.join('')).toBe(STORY);
  });

  test('L2: the same seed gives the same pieces, another seed others', async () => {
    const [one, again, other] = await Promise.all([1, 1, 2].map((seed) => answers({ script: STORY, seed })));

    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test('L2: an event may be cut into single bytes, also in the middle of a character', async () => {
    const wire = (event: Buffer): Buffer[] => Array.from(event, (byte) => Buffer.of(byte));

    const pieces = await answers({ script: SCRIPT, pieces: letters, wire });

    expect(pieces).toEqual(letters(SCRIPT));
  });

  test('L1: it goes on behind what the history says', async () => {
    const pieces = await answers({ script: SCRIPT }, ['Once', ' upon']);

    expect(pieces.join('')).toBe(SCRIPT.slice('Once upon'.length));
  });

  test('L1: a history that has lost text is refused', async () => {
    await expect(answers({ script: SCRIPT }, ['upon'])).rejects.toThrow(
      'the model has never said what the history says',
    );
  });

  test.each([
    ['a turn without text', [{ role: 'user', parts: [{ text: '' }] }]],
    [
      'two turns of the user',
      [
        { role: 'user', parts: [{ text: 'a' }] },
        { role: 'user', parts: [{ text: 'b' }] },
      ],
    ],
    [
      'the last turn the model’s',
      [
        { role: 'user', parts: [{ text: 'a' }] },
        { role: 'model', parts: [{ text: 'Once' }] },
      ],
    ],
  ])('a history the API would refuse is refused: %s', async (_what, contents) => {
    await using server = await startModelServer({ script: SCRIPT });
    const client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: server.url } });

    const asked = client.models.generateContentStream({ model: 'storyteller', contents });

    await expect(asked).rejects.toMatchObject({ name: 'ApiError', status: 400 });
    expect(server.turns).toEqual([]);
  });

  test('L3, L4: silent, it says nothing; when its client leaves it says no more, whatever it is allowed', async () => {
    const faucet = new Faucet();
    await using server = await startModelServer({ script: SCRIPT, pieces: letters, pace: faucet.pace });
    const leave = new AbortController();
    const third = deferred();
    const pieces: string[] = [];
    const reading = (async () => {
      for await (const piece of connect(server).answer(history('Tell me.', []), leave.signal)) {
        if (pieces.push(piece) === 3) third.resolve();
      }
    })();
    faucet.allow(3);
    await third.promise;

    leave.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    const ended = await server.turns[0]?.ended;
    faucet.allow(100);

    expect(pieces).toEqual(['O', 'n', 'c']);
    expect(ended).toBe('client left');
    expect(server.turns).toMatchObject([{ said: 'Onc' }]);
  });

  test('an answer whose connection breaks is an error, not an end', async () => {
    let pieces = 0;
    const pace = (): Promise<void> => (++pieces > 3 ? Promise.reject(new Error('power cut')) : Promise.resolve());

    await expect(answers({ script: SCRIPT, pace })).rejects.toThrow(/terminated|went away/);
  });

  test('an answer that ends without a reason is an error, not an end', async () => {
    const wire = (event: Buffer): Buffer[] => (event.includes('finishReason') ? [] : [event]);

    await expect(answers({ script: SCRIPT, wire })).rejects.toThrow('went away in the middle of its answer');
  });
});

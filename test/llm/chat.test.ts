import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PAUSE_MARKER } from '../../examples/llm/marker-scanner.ts';
import { startModelServer } from '../../examples/llm/model-server.ts';
import { STORY } from '../../examples/llm/story.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { connect, startChat } from './chat-set-up.ts';
import { Faucet } from './faucet.ts';

guardLeaks();

const letters = (text: string): string[] => Array.from(text);

describe('pausing and going on', () => {
  test('H1: after five pauses the text is that of an answer without any, and each request had all of it so far', async () => {
    await using server = await startModelServer({ script: STORY.replace(PAUSE_MARKER, '') });
    let pieces = 0;
    const chat = startChat(connect(server), {
      work: () => void (++pieces % 50 === 0 && pieces <= 250 && chat.space()),
      onPaused: ({ space }) => space(),
    });

    const { ended, segments, text } = await chat.result;

    expect(ended).toBe('finished');
    expect(text).toBe(STORY.replace(PAUSE_MARKER, ''));
    expect(chat.shown.text).toBe(text);
    expect(segments.map((segment) => segment.ended)).toEqual([...Array<string>(5).fill('paused by you'), 'finished']);
    const histories = server.turns.map(({ contents }) => contents[1]?.parts?.[0]?.text ?? '');
    const texts = segments.map((segment) => segment.text);
    expect(histories).toEqual(texts.map((_text, index) => texts.slice(0, index).join('')));
  });

  test('H1: any script, any pieces, any pauses by the reader and the model: nothing is lost, doubled or shown early', async () => {
    const parts = fc.array(
      fc.oneof(fc.constantFrom(PAUSE_MARKER, '!!CAN', '!', 'CEL', '🙂', 'Once '), fc.string({ unit: 'grapheme' })),
      { maxLength: 12 },
    );
    const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 9 }));
    await fc.assert(
      fc.asyncProperty(parts, cuts, fc.array(fc.boolean(), { maxLength: 40 }), async (parts, cuts, pauses) => {
        const script = parts.join('');
        const pieces = (text: string): string[] => {
          const rest = Array.from(text);
          const cut: string[] = [];
          while (rest.length > 0) cut.push(rest.splice(0, cuts.next().value).join(''));
          return cut;
        };
        await using server = await startModelServer({ script, pieces });
        const left = [...pauses];
        const chat = startChat(connect(server), {
          work: () => left.shift() === true && chat.space(),
          onPaused: ({ space }) => space(),
        });

        const { error, ended, text, heldBack } = await chat.result;

        expect({ error, ended, text, heldBack }).toEqual({
          error: undefined,
          ended: 'finished',
          text: script.replaceAll(PAUSE_MARKER, ''),
          heldBack: 0,
        });
      }),
      { numRuns: 40 },
    );
  });

  test('G2: SPACE ends the request of a model that has fallen silent, and it says no more', async () => {
    const faucet = new Faucet();
    await using server = await startModelServer({ script: 'Once upon a time', pieces: letters, pace: faucet.pace });
    const chat = startChat(connect(server));
    faucet.allow(4);
    await chat.shows('Once');

    chat.space();
    await chat.paused(1);
    const ended = await server.turns[0]?.ended;
    faucet.allow(100);

    expect(ended).toBe('client left');
    expect(server.turns).toMatchObject([{ said: 'Once' }]);
    expect(chat.shown.notices).toEqual([expect.stringMatching(/^\[paused by you after \d+\.\d ms: SPACE goes on/)]);
    chat.space();
    await chat.shows('Once upon a time');
    await chat.result;
    expect(server.turns).toHaveLength(2);
  });

  test('a pause before the first token asks again from the start', async () => {
    const faucet = new Faucet();
    await using server = await startModelServer({ script: 'Once', pace: faucet.pace });
    const chat = startChat(connect(server));

    chat.space();
    await chat.paused(1);
    faucet.allow(100);
    chat.space();

    expect(await chat.result).toMatchObject({ ended: 'finished', text: 'Once' });
    expect(server.turns.map(({ contents }) => contents.length)).not.toContain(3);
  });

  test('SPACE twice before the program looks changes nothing', async () => {
    await using server = await startModelServer({ script: 'Once upon a time', pieces: letters });
    const chat = startChat(connect(server), {
      work: () => {
        if (chat.shown.text !== 'Once') return;
        chat.space();
        chat.space();
      },
    });

    const { text, segments } = await chat.result;

    expect(text).toBe('Once upon a time');
    expect(segments.map(({ ended }) => ended)).toEqual(['paused by you', 'finished']);
  });
});

describe('a pause by the model', () => {
  test('its marker, in any pieces, is never shown; the text behind it comes when SPACE is pressed', async () => {
    const script = `Shall I?${PAUSE_MARKER}Yes.`;
    const pieces = (text: string): string[] => text.split(/(?<=Shall I\?!!)|(?<=CAN)|(?<=CELY)/);
    await using server = await startModelServer({ script, pieces });
    const chat = startChat(connect(server));
    await chat.paused(1);

    const before = chat.shown.text;
    chat.space();

    expect(before).toBe('Shall I?');
    expect(await chat.result).toMatchObject({ ended: 'finished', text: 'Shall I?Yes.' });
    expect(chat.shown.notices).toEqual(['[paused by the model: SPACE goes on, q stops]']);
    expect(server.turns[1]?.contents[1]?.parts).toEqual([{ text: `Shall I?${PAUSE_MARKER}Y` }]);
  });

  test('G3: a marker that the pause of the reader cuts in two is still one', async () => {
    const script = `Shall I?${PAUSE_MARKER}Yes.`;
    await using server = await startModelServer({ script, pieces: letters });
    const chat = startChat(connect(server), {
      work: () => void (chat.shown.text === 'Shall I?' && chat.shown.notices.length === 0 && chat.space()),
      onPaused: ({ space }) => space(),
    });

    const { segments, text } = await chat.result;

    expect(segments.map(({ ended }) => ended)).toEqual(['paused by you', 'paused by the model', 'finished']);
    expect(text).toBe('Shall I?Yes.');
  });

  test('a second marker behind the first pauses again, without another request', async () => {
    const script = `a${PAUSE_MARKER}b${PAUSE_MARKER}c`;
    await using server = await startModelServer({ script, pieces: (text) => (text === '' ? [] : [text]) });
    const chat = startChat(connect(server));
    await chat.paused(1);
    chat.space();
    await chat.paused(2);

    expect(chat.shown.text).toBe('ab');
    expect(server.turns).toHaveLength(1);
    chat.space();
    expect(await chat.result).toMatchObject({ ended: 'finished', text: 'abc' });
  });

  test('a marker that never completes is shown at the end', async () => {
    await using server = await startModelServer({ script: 'really!!CANCE', pieces: letters });

    expect(await startChat(connect(server)).result).toMatchObject({ ended: 'finished', text: 'really!!CANCE' });
  });
});

describe('the end', () => {
  test('q stops a silent model, and what was held back as a possible marker is shown', async () => {
    const faucet = new Faucet();
    await using server = await startModelServer({ script: 'Once!!CANCEL', pieces: letters, pace: faucet.pace });
    const chat = startChat(connect(server));
    faucet.allow(6);
    await chat.came(6);
    expect(chat.shown.text).toBe('Once');

    chat.stop('q');

    expect(await chat.result).toMatchObject({ ended: 'stopped', stoppedBy: 'q', segments: [{ ended: 'stopped' }] });
    expect(await server.turns[0]?.ended).toBe('client left');
    expect(chat.shown.text).toBe('Once!!');
  });

  test('q stops while paused; what is behind a marker stays unseen, and is counted', async () => {
    await using server = await startModelServer({ script: `a${PAUSE_MARKER}bcd`, pieces: (text) => [text] });
    const chat = startChat(connect(server), { onPaused: ({ stop }) => stop('q') });

    const result = await chat.result;

    expect(result).toMatchObject({ ended: 'stopped', text: 'a', heldBack: 3 });
    expect(result.segments).toMatchObject([{ ended: 'paused by the model' }]);
    expect(result.stopMs).toBeGreaterThanOrEqual(0);
  });

  test('q and SPACE at once stop', async () => {
    const faucet = new Faucet();
    await using server = await startModelServer({ script: 'Once', pieces: letters, pace: faucet.pace });
    const chat = startChat(connect(server));
    faucet.allow(1);
    await chat.shows('O');

    chat.space();
    chat.stop('q');

    expect(await chat.result).toMatchObject({ ended: 'stopped', stoppedBy: 'q' });
  });

  test('H3: a failure is a result that keeps the text so far', async () => {
    let pieces = 0;
    const pace = (): Promise<void> => (++pieces > 4 ? Promise.reject(new Error('power cut')) : Promise.resolve());
    await using server = await startModelServer({ script: 'Once upon', pieces: letters, pace });

    const result = await startChat(connect(server)).result;

    expect(result).toMatchObject({ ended: 'failed', text: 'Once', segments: [{ ended: 'failed' }] });
    expect(result.error).toBeInstanceOf(Error);
  });
});

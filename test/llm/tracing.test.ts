import { afterAll, describe, expect, test } from 'vitest';
import { startModelServer } from '../../examples/llm/model-server.ts';
import { spanLinker, startTracing } from '../../examples/llm/tracing.ts';
import { connect, startChat } from './chat-set-up.ts';

const tracing = startTracing();
afterAll(() => tracing.stop());

describe('the spans', () => {
  test('G1: one a segment, in one trace, each linked to the one before, with what ended it', async () => {
    const pieces = (text: string): string[] => [...text.matchAll(/!!CANCEL|./gs)].map(([piece]) => piece);
    await using server = await startModelServer({ script: 'ab!!CANCELcd', pieces });
    const chat = startChat(connect(server), {
      linkSpan: spanLinker(),
      work: () => void (chat.shown.text === 'a' && chat.shown.notices.length === 0 && chat.space()),
      onPaused: ({ space }) => space(),
    });

    const { segments } = await chat.result;

    const spans = tracing.segments;
    expect(segments.map(({ ended }) => ended)).toEqual(['paused by you', 'paused by the model', 'finished']);
    expect(spans.map(({ linkedTo }) => linkedTo)).toEqual([[], [spans[0]?.spanId], [spans[1]?.spanId]]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(spans.map(({ attributes }) => attributes['cancellation.outcome'])).toEqual([
      'cancelled',
      'cancelled',
      'completed',
    ]);
    expect(spans.map(({ attributes }) => attributes['cancellation.message'])).toEqual([
      'SPACE',
      'the model paused itself',
      undefined,
    ]);
    expect(spans.map(({ attributes }) => attributes['gen_ai.request.model'])).toEqual(Array(3).fill('storyteller'));
  });
});

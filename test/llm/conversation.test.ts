import { describe, expect, test } from 'vitest';
import { history } from '../../examples/llm/conversation.ts';
import { PAUSE_MARKER } from '../../examples/llm/marker-scanner.ts';

describe('history', () => {
  test('C1: the turn of the model is all it has said, over all segments, with its markers', () => {
    const contents = history('Tell me.', ['Once ', 'upon', `${PAUSE_MARKER} a`, ' time']);

    expect(contents.map(({ role }) => role)).toEqual(['user', 'model', 'user']);
    expect(contents[0]?.parts).toEqual([{ text: 'Tell me.' }]);
    expect(contents[1]?.parts).toEqual([{ text: 'Once upon!!CANCEL a time' }]);
    expect(contents[2]?.parts?.[0]?.text).toContain('Go on');
  });

  test.each([[[]], [['', '']]])('C2: a model that has said nothing has no turn (%j)', (said) => {
    expect(history('Tell me.', said)).toEqual([{ role: 'user', parts: [{ text: 'Tell me.' }] }]);
  });
});

/**
 * The conversation: what is sent so that the model goes on where it was cut off.
 *
 * C1. The model's turn is all it has said, over all segments, and exactly as it said it: also its markers, also what has
 *     not been shown yet. So nothing is lost at the second resume or the tenth, and nothing is said twice.
 * C2. A model that has said nothing has no turn: an empty one is refused.
 */
import type { Content } from '@google/genai';

const GO_ON = 'Go on exactly where you stopped, in the middle of a word if need be. Repeat nothing.';

/**
 * The history for the next request.
 *
 * @param prompt - What the user asked.
 * @param said - Everything the model has said so far, piece by piece, over all segments.
 */
export function history(prompt: string, said: readonly string[]): Content[] {
  const soFar = said.join('');
  if (soFar === '') return [turn('user', prompt)]; // C2
  return [turn('user', prompt), turn('model', soFar), turn('user', GO_ON)]; // C1
}

function turn(role: 'user' | 'model', text: string): Content {
  return { role, parts: [{ text }] };
}

/**
 * What goes over the wire between the model on this machine and its clients.
 *
 * @see https://ai.google.dev/api/generate-content
 */
import type { Content } from '@google/genai';

/** A request that is refused, and with which status. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The event that brings one piece of text. */
export function eventOf(piece: string): Buffer {
  return event({ content: { role: 'model', parts: [{ text: piece }] }, index: 0 });
}

/** The event that says the answer is complete. It has a text, which is empty. */
export function lastEventOf(): Buffer {
  return event({ content: { role: 'model', parts: [{ text: '' }] }, index: 0, finishReason: 'STOP' });
}

/** The body of a refusal. */
export function errorBody(code: number, message: string): string {
  return JSON.stringify({ error: { code, message, status: code === 404 ? 'NOT_FOUND' : 'INVALID_ARGUMENT' } });
}

/**
 * All the model has said, by a history.
 *
 * @throws {RequestError} The API would refuse this history: turns that do not alternate, an empty one, the model's last.
 */
export function spokenSoFar(contents: readonly Content[]): string {
  const bad = contents.findIndex(
    ({ role, parts }, index) => role !== (index % 2 === 0 ? 'user' : 'model') || textOf(parts) === '',
  );
  if (bad !== -1) throw new RequestError(400, `contents[${bad}] is empty, or not of the one whose turn it is`);
  if (contents.length % 2 === 0) throw new RequestError(400, 'the last turn is not the user’s');
  return contents.map(({ role, parts }) => (role === 'model' ? textOf(parts) : '')).join('');
}

function textOf(parts: Content['parts']): string {
  return (parts ?? []).map((part) => part.text ?? '').join('');
}

function event(candidate: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ candidates: [candidate], modelVersion: 'storyteller-1' })}\r\n\r\n`);
}

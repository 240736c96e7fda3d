/**
 * The model, as a client sees it: a conversation goes in, pieces of text come out.
 */
import { type Content, GoogleGenAI } from '@google/genai';
import { PAUSE_MARKER } from './marker-scanner.ts';

/** Which model, and where. */
export interface ModelAddress {
  readonly model: string;
  readonly apiKey: string;
  /** Default: Google's. */
  readonly url?: string | undefined;
}

/** What can be talked to. */
export interface Model {
  readonly name: string;
  /** The answer, piece by piece. It ends when the answer is complete, and throws when it is not. */
  answer(contents: Content[], signal: AbortSignal): AsyncIterable<string>;
}

const INSTRUCTION = `When the reader should decide whether you go on, write ${PAUSE_MARKER} and nothing about it.`;

/** A model of the Gemini API. */
export function connectModel({ model, apiKey, url }: ModelAddress): Model {
  const client = new GoogleGenAI({
    vertexai: false,
    apiKey,
    ...(url !== undefined && { httpOptions: { baseUrl: url } }),
  });
  return {
    name: model,
    async *answer(contents, signal) {
      const config = { abortSignal: signal, systemInstruction: INSTRUCTION };
      let finishReason: string | undefined;
      for await (const chunk of await client.models.generateContentStream({ model, contents, config })) {
        finishReason = chunk.candidates?.[0]?.finishReason ?? chunk.promptFeedback?.blockReason ?? finishReason;
        if (chunk.text !== undefined && chunk.text !== '') yield chunk.text;
      }
      // A connection that closes early looks like the end to the client package; only this tells.
      if (finishReason === undefined) throw new Error('the model went away in the middle of its answer');
      if (finishReason !== 'STOP') throw new Error(`the model ended its answer: ${finishReason}`);
    },
  };
}

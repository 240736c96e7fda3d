/**
 * Text of any model of Vercel's AI SDK, for `generate`. A cancel closes the request, and so stops the model.
 *
 * const stop = new CancellationToken({ name: 'stop-button' });
 * await generate('chat', { token: stop, show, keep }, aiSdkStream({ model, prompt }));
 */
import { streamText } from 'ai';
import type { Source } from './generation.ts';

export function aiSdkStream(request: Parameters<typeof streamText>[0]): Source {
  return async function* pieces(_scope, abortSignal) {
    const onError = (): void => {}; // thrown below; by default it is printed
    for await (const part of streamText({ ...request, abortSignal, onError }).stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'text-delta') yield { text: part.text };
      if (part.type === 'finish') {
        const { inputTokens = 0, outputTokens = 0 } = part.totalUsage;
        yield { usage: { inputTokens, outputTokens } };
      }
    }
  };
}

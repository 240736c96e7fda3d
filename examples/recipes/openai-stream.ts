/**
 * A chat completion of an OpenAI-style provider, for `generate`. A cancel closes the request, and so stops the model.
 *
 * const stop = new CancellationToken({ name: 'stop-button' });
 * await generate('chat', { token: stop, show, keep }, openaiStream(client, { model, messages }));
 */
import type { OpenAI } from 'openai';
import type { Source } from './generation.ts';

type Request = Omit<OpenAI.ChatCompletionCreateParamsStreaming, 'stream' | 'stream_options'>;

export function openaiStream(client: OpenAI, request: Request): Source {
  return async function* pieces(scope, signal) {
    const asked = { ...request, stream: true, stream_options: { include_usage: true } } as const;
    // Raced: the client sits out its own retries. An answer that comes too late is closed.
    const answer = await scope.race(client.chat.completions.create(asked, { signal }), {
      dispose: (late) => late.controller.abort(),
    });
    for await (const { choices, usage } of answer) {
      yield {
        text: choices[0]?.delta.content,
        usage: usage && { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens },
      };
    }
  };
}

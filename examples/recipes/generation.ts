/**
 * What a language model says, in a scope: shown as it comes, kept exactly once, however it ends.
 *
 * `openai-stream.ts` and `ai-sdk-stream.ts` are two sources of what it says.
 */
import { type CancellationReason, cancelScope, type Scope, type ScopeOptions } from 'cancelscope';

/** A piece of an answer, or what it took. */
export interface Piece {
  readonly text?: string | null | undefined;
  readonly usage?: Usage | null | undefined;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Generated {
  text: string;
  /** Pieces of text: tokens, with most providers. */
  pieces: number;
  /** Pieces that were on their way when it was cancelled: paid for, and not shown. */
  piecesAfterStop: number;
  /** As the provider counts. A cancelled answer has none. */
  usage: Usage | undefined;
  end: 'complete' | 'failed' | CancellationReason;
}

export interface GenerateOptions extends ScopeOptions {
  /** Shows a piece of text. */
  readonly show?: (text: string) => void;
  /** Takes what there is in the end, also of an answer that was cancelled or failed. Once; no cancel cuts it short. */
  readonly keep: (generated: Generated) => unknown;
}

/** Asks a model; `signal` is to close the request. */
export type Source = (scope: Scope, signal: AbortSignal) => AsyncIterable<Piece>;

/** @throws {CancelledError} the scope was cancelled. @throws what the source throws. */
export function generate(
  name: string,
  { show, keep, ...options }: GenerateOptions,
  source: Source,
): Promise<Generated> {
  return cancelScope(name, options, async (scope) => {
    const generated: Generated = { text: '', pieces: 0, piecesAfterStop: 0, usage: undefined, end: 'failed' };
    scope.partial = generated;
    const request = new AbortController();
    // One turn later: what is here already is read to its end, and counted.
    scope.onCancel(() => setImmediate(() => request.abort(scope.signal.reason)));
    try {
      for await (const { text, usage } of source(scope, request.signal)) {
        generated.usage = usage ?? generated.usage;
        if (text === undefined || text === null || text === '') continue;
        if (scope.isCancelled) {
          generated.piecesAfterStop++;
          continue;
        }
        generated.text += text;
        generated.pieces++;
        show?.(text);
      }
      generated.end = 'complete';
    } finally {
      generated.end = scope.cause?.root.reason ?? generated.end;
      // Throws when cancelled: both libraries end an aborted answer quietly, as if it were complete.
      await scope.shield(() => keep(generated), { maxMs: 5_000 });
    }
    return generated;
  });
}

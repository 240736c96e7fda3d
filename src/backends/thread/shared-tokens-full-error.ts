/**
 * The one thing that can run out: room for shared tokens, or for threads that hold some.
 */
import { THREADS_MAX } from './layout.ts';

const BRAND = Symbol.for('cancelscope.SharedTokensFullError');

/** No room for another shared token, or for another thread. Let go of tokens whose use is over, or raise the limit. */
export class SharedTokensFullError extends Error {
  override readonly name = 'SharedTokensFullError';
  readonly code = 'ERR_CANCELSCOPE_SHARED_TOKENS_FULL';

  constructor(what: 'tokens' | 'threads', limit = THREADS_MAX) {
    super(
      what === 'threads'
        ? `${limit} threads hold shared tokens, and no more can`
        : `${limit} tokens are shared and neither cancelled nor let go of. Dispose those whose use is over ` +
            '(using stop = attachToken(handle)), or set a higher limit first: configureThreads({ sharedTokens })',
    );
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }
}

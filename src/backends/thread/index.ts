/**
 * The `thread` backend, `cancelscope/thread`: tokens that several threads hold, in shared memory.
 */
export { configureThreads, type ThreadSettings } from './configure-threads.ts';
export { attachToken, type SharedTokenHandle, shareToken } from './share-token.ts';
export { threadBackend } from './thread-backend.ts';
export { SharedTokensFullError } from './shared-tokens-full-error.ts';

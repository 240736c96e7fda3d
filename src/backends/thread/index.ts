/**
 * The `thread` backend, `cancelscope/thread`: tokens that several threads hold, in shared memory.
 */
import { installWorkers } from './run-in-worker.ts';
import { threadInbox } from './thread-inbox.ts';
import { beginIfWorker } from './thread-worker.ts';

export { configureThreads, type ThreadSettings } from './configure-threads.ts';
export { WorkerExitedError } from './worker-exited-error.ts';
export { nameThread } from './name-thread.ts';
export { attachToken, type SharedReadonlyTokenHandle, type SharedTokenHandle, shareToken } from './share-token.ts';
export { piscinaTask, type PiscinaLike, runInPiscina, type RunInPiscinaOptions } from './piscina.ts';
export { threadBackend } from './thread-backend.ts';
export { SharedTokensFullError } from './shared-tokens-full-error.ts';

installWorkers();
threadInbox.watchWorkers();
beginIfWorker();

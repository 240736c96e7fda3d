/**
 * Layer 1: how cancelled state crosses a boundary. `thread/` and `process/` are entries of their own.
 */
export type { Backend, Capabilities } from './backend.ts';
export { localBackend } from './local/index.ts';
export { installWorkers } from './thread/run-in-worker.ts';
export { virtualBackend } from './virtual/index.ts';

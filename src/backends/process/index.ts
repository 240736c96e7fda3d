/**
 * The `process` backend, `cancelscope/process`: tokens that a process and its children hold, over Node's IPC channel.
 */
export type { ProcessChannel } from './channel.ts';
export { processBackend } from './process-backend.ts';
export {
  attachToken,
  handleOf,
  type ProcessReadonlyTokenHandle,
  type ProcessTokenHandle,
  shareToken,
} from './share-token.ts';

/**
 * Graceful shutdown of a service: with servers, with queues, with both.
 */
export type { ShutdownPhase, ShutdownPhaseEnded } from '../../instrumentation/index.ts';
export type { ShutdownOptions, ShutdownStep } from './options.ts';
export type { ShutdownState } from './phases.ts';
export { type Shutdown, type ShutdownResult, shutdownScope } from './shutdown-scope.ts';

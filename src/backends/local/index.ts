/**
 * The `local` backend: one thread, where a token is its own handle.
 */
import { type CancellationToken, systemClock } from '../../token/index.ts';
import type { Backend } from '../backend.ts';

/** Holders on one thread. */
export const localBackend: Backend<CancellationToken> = {
  name: 'local',
  capabilities: {
    reaches: 'thread',
    readsAtOnce: true,
    oneWinner: true,
    waitsSync: false,
    endsByForce: false,
    virtualTime: false,
  },
  clock: systemClock,
  share: (token) => token,
  attach: (token) => token,
};

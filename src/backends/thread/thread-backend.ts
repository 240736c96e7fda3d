/**
 * The `thread` backend as one of several.
 */
import { systemClock } from '../../token/index.ts';
import type { Backend } from '../backend.ts';
import { attachToken, type SharedTokenHandle, shareToken } from './share-token.ts';

/** Holders on any threads of one process. */
export const threadBackend: Backend<SharedTokenHandle> = {
  name: 'thread',
  capabilities: {
    reaches: 'threads',
    readsAtOnce: true,
    oneWinner: true,
    waitsSync: true,
    endsByForce: true,
    virtualTime: false,
  },
  clock: systemClock,
  share: shareToken,
  attach: attachToken,
};

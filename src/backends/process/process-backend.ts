/**
 * The `process` backend as one of several.
 */
import { systemClock } from '../../token/index.ts';
import type { Backend } from '../backend.ts';
import type { ProcessChannel } from './channel.ts';
import { attachToken, type ProcessTokenHandle, shareToken } from './share-token.ts';

/**
 * Holders in this process and in the one at the other end of `channel`; left out, the parent. Each side reads its own
 * cancels at once and the other's when its event loop turns; if both cancel at once, each keeps the cause it took first.
 */
export function processBackend(channel?: ProcessChannel): Backend<ProcessTokenHandle> {
  return {
    name: 'process',
    capabilities: {
      reaches: 'processes',
      readsAtOnce: false,
      oneWinner: false,
      waitsSync: false,
      endsByForce: true,
      virtualTime: false,
    },
    clock: systemClock,
    share: (token) => shareToken(token, channel),
    attach: (handle) => attachToken(handle, channel),
  };
}

/**
 * The library's own monitor: history and detectors, fed beside the registered ones and for as long as there are any.
 */
import { remember } from './history.ts';
import { detectIgnored } from './ignored-detector.ts';
import type { Monitor } from './monitor.ts';
import { endSlow, stopSlow, watchSlow } from './slow-detector.ts';

/** One of it is enough. */
export const companion: Monitor = {
  name: 'cancelscope',
  cancelDelivered: watchSlow,
  scopeSettled(scope, event) {
    remember(scope, event);
    if (event.phases === undefined) return;
    endSlow(scope, event.settledAt);
    detectIgnored(scope, event);
  },
  detached: stopSlow,
};

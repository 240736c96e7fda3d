/**
 * Rollouts: a consumer of a queue goes down for its next version. It gets a moment to finish what it has taken; what is
 * left then is cancelled with reason `shutdown`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { cancelScope, shutdownScope } from '../cancelscope.ts';
import { type Route, sendJson } from '../route.ts';

const MESSAGES = 3;

/** `POST /rollouts`. */
export const rollouts: Route = {
  method: 'POST',
  path: '/rollouts',
  async handle({ response }) {
    const shutdown = shutdownScope({ name: 'consumer', drainMs: 60, graceMs: 100 });
    const taken = Array.from({ length: MESSAGES }, (_, index) =>
      cancelScope('consume', { parent: shutdown.scope }, ({ signal }) =>
        delay(40 * (index + 1), undefined, { signal }),
      ),
    );
    const { forced } = await shutdown.begin('the next version is there');
    const left = (await Promise.allSettled(taken)).filter(({ status }) => status === 'rejected').length;
    sendJson(response, { left, forced });
  },
};

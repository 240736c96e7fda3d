/**
 * A body that never looks: its scope is cancelled, and it goes on to its end all the same. The cancel is slow, and its
 * outcome is `ignored`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { cancelScope } from '../cancelscope.ts';
import { type Route, sendJson } from '../route.ts';

/** `GET /export?work=450` */
export const exportRows: Route = {
  method: 'GET',
  path: '/export',
  options: { timeoutMs: 100 },
  async handle({ response, number }) {
    const workMs = number('work', 450);
    const pages = await cancelScope('export-pages', async () => {
      let pages = 0;
      for (let doneMs = 0; doneMs < workMs; doneMs += 50) {
        await delay(50);
        pages++;
      }
      return pages;
    });
    sendJson(response, { pages });
  },
};

/**
 * Work for a thread of its own: a loop that never yields and stops all the same, because it reads a flag in shared
 * memory; and one that never looks, whose thread is terminated when its grace is over.
 */
import { type Route, sendJson } from '../route.ts';

const RENDER = new URL('../render.ts', import.meta.url);

/** `GET /renders/{id}?work=400&deaf=1` */
export const renders: Route = {
  method: 'GET',
  path: '/renders/{id}',
  options: { timeoutMs: 900 },
  async handle({ response, scope, number }) {
    const data = { workMs: number('work', 400), deaf: number('deaf', 0) === 1 };
    const frames = await scope.runInWorker<number>(RENDER, data, { name: 'render', graceMs: 200 });
    sendJson(response, { frames });
  },
};

/**
 * A stream. Its source knows nothing of cancelling: `scope.stream` ends the pending pull, and calls its `return()`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Route } from '../route.ts';

/** `GET /feed?items=20` */
export const feed: Route = {
  method: 'GET',
  path: '/feed',
  async handle({ response, scope, number }) {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    for await (const item of scope.stream(ticks(number('items', 20)))) response.write(`${item}\n`);
    response.end();
  },
};

async function* ticks(count: number): AsyncGenerator<string, void, undefined> {
  for (let tick = 1; tick <= count; tick++) {
    await delay(15);
    yield `tick ${tick}`;
  }
}

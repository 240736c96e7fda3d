import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { registerMonitor } from 'cancelscope';
import { cancelledResponse, honoCancellation } from 'cancelscope/hono';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.root.reason ?? 'by itself'),
});

const app = new Hono();
app.onError((error, c) => cancelledResponse(error, c) ?? c.text('failed', 500));
app.use(honoCancellation({ forRoute: (route) => (route === 'get:/report/{year}' ? { timeoutMs: 50 } : undefined) }));

app.get('/report/:year', async (c) => c.json(await c.var.cancellation.scope?.race(new Promise(() => {}))));

app.get('/feed', (c) =>
  streamSSE(c, async (stream) => {
    const { token, signal } = c.var.cancellation;
    while (!token.isCancelled) {
      await stream.writeSSE({ data: 'tick' });
      await sleep(10, undefined, { signal }).catch(() => {}); // no tick is waited for once the client is gone
    }
  }),
);

const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
await new Promise((resolve) => server.once('listening', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
console.log((await fetch(`${origin}/report/2026`)).status);
const client = get(`${origin}/feed`, (answer) => answer.on('error', () => {}).once('data', () => client.destroy()));
await new Promise((resolve) => client.once('close', resolve));
server.close();

/* prints:
get:/report/{year} cancelled timeout
504
get:/feed cancelled disconnect
*/

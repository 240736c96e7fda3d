import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Router } from '@koa/router';
import Koa from 'koa';
import { registerMonitor } from 'cancelscope';
import { koaCancellation } from 'cancelscope/koa';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.root.reason ?? 'by itself'),
});

const app = new Koa();
app.silent = true; // or Koa prints the timeout below
app.use(koaCancellation({ forRoute: (route) => (route === 'get:/report/{year}' ? { timeoutMs: 50 } : undefined) }));

const router = new Router();
router.get('/report/:year', async (ctx) => {
  ctx.body = await ctx.cancellation.scope?.race(new Promise(() => {}));
});
router.get('/feed', async (ctx) => {
  client.destroy(); // the client goes away
  await ctx.cancellation.scope?.race(new Promise(() => {}));
});
app.use(router.routes());

const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
console.log((await fetch(`${origin}/report/2026`)).status);
const client = get(`${origin}/feed`).on('error', () => {});
await new Promise((resolve) => client.once('close', resolve));
server.close();
server.closeIdleConnections();

/* prints:
get:/report/{year} cancelled timeout
504
get:/feed cancelled disconnect
*/

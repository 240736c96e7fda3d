import { get } from 'node:http';
import { fastify } from 'fastify';
import { registerMonitor } from 'cancelscope';
import { fastifyCancellation } from 'cancelscope/fastify';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.root.reason ?? 'by itself'),
});

const app = fastify();
await app.register(fastifyCancellation, { timeoutMs: 10_000 }); // before the routes, and waited for

app.get('/orders/:id', async (request) => ({ id: (request.params as { id: string }).id }));

app.get('/report', { config: { cancellation: { timeoutMs: 50 } } }, async ({ cancellation }) =>
  cancellation.scope?.race(new Promise(() => {})),
);

app.get('/feed', async ({ cancellation }) => {
  client.destroy(); // the client goes away
  await cancellation.scope?.race(new Promise(() => {}));
});

const origin = await app.listen({ port: 0, host: '127.0.0.1' });
console.log((await fetch(`${origin}/orders/42`)).status);
console.log((await fetch(`${origin}/report`)).status);
const client = get(`${origin}/feed`).on('error', () => {});
await new Promise((resolve) => client.once('close', resolve));
await app.close();

/* prints:
get:/orders/{id} completed by itself
200
get:/report cancelled timeout
504
get:/feed cancelled disconnect
*/

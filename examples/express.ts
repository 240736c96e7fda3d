import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { currentScope, registerMonitor } from 'cancelscope';
import { expressCancellation } from 'cancelscope/express';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.root.reason ?? 'by itself'),
});

const app = express();
app.set('env', 'test'); // or Express prints the timeout below
app.use(expressCancellation({ timeoutMs: 10_000 })); // first: also a client that leaves while it uploads counts
app.use(express.json());

const reports = express.Router();
reports.get('/:year', expressCancellation({ timeoutMs: 50 }), async () => currentScope()?.race(new Promise(() => {})));
app.use('/tenants/:tenant/reports', reports);

app.get('/feed', async (request) => {
  client.destroy(); // the client goes away
  await request.cancellation.scope?.race(new Promise(() => {}));
});

const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
console.log((await fetch(`${origin}/tenants/acme/reports/2026`)).status);
const client = get(`${origin}/feed`).on('error', () => {});
await new Promise((resolve) => client.once('close', resolve));
server.close();
server.closeIdleConnections();

/* prints:
get:/tenants/{tenant}/reports/{year} cancelled timeout
504
get:/feed cancelled disconnect
*/

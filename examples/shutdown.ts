import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cancelScope, isCancelled, registerMonitor } from 'cancelscope';
import { shutdownScope } from 'cancelscope/shutdown';

registerMonitor({
  shutdownPhaseEnded: (_scope, { phase, requestsLeft }) => console.log(`${phase} is over, open: ${requestsLeft}`),
});

const server = createServer((request, response) => {
  if (request.url === '/readyz') return void response.writeHead(shutdown.isShuttingDown ? 503 : 200).end();
  cancelScope('get:/report', { token: shutdown.token }, async (scope) => {
    await scope.race(new Promise(() => {})); // a report that takes for ever
  }).catch((error: unknown) => {
    if (isCancelled(error, 'shutdown')) response.setHeader('retry-after', shutdown.retryAfterSeconds);
    response.writeHead(isCancelled(error, 'shutdown') ? 503 : 500).end();
  });
});
const shutdown = shutdownScope({ signals: ['SIGTERM'], servers: [server], announceMs: 50, drainMs: 100 });

server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const answered = once(get({ port, host: '127.0.0.1', path: '/report' }), 'response') as Promise<[IncomingMessage]>;
await once(server, 'request');
process.kill(process.pid, 'SIGTERM'); // as Kubernetes does

const { message, forced } = await shutdown.ended;
console.log(message, forced ? 'and had to cut something off' : 'and cut nothing off');
console.log('the report was answered with', (await answered)[0].statusCode);

/* prints:
announce is over, open: 1
intake is over, open: 1
drain is over, open: 1
cancel is over, open: 0
received SIGTERM and cut nothing off
the report was answered with 503
*/

import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { registerMonitor } from 'cancelscope';
import { answerCancelled, requestScope } from 'cancelscope/node';

registerMonitor({
  scopeSettled: (scope, { outcome, cause }) => console.log(scope.name, outcome, cause?.root.reason),
});

const server = createServer((request, response) => {
  requestScope(request, response, { route: 'get:/report', timeoutMs: 2_000 }, async (scope) => {
    await scope.race(new Promise(() => {})); // a report that takes for ever
    response.end('done');
  }).catch((error: unknown) => {
    if (!answerCancelled(response, error)) response.writeHead(500).end(); // 504 for the timeout, nobody for the rest
    server.close();
  });
}).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const client = get({ port, host: '127.0.0.1' }).on('error', () => {});
  server.once('request', () => client.destroy()); // the client goes away
});

/* prints:
get:/report cancelled disconnect
*/

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cancelScope, explain, findCancelledError } from 'cancelscope';
import { cancellableFetch } from 'cancelscope/fetch';

const server = createServer((request, response) => {
  console.log('the server was told how long:', 'x-request-budget-ms' in request.headers);
  response.write('an answer that never ends');
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const fetch = cancellableFetch({ budget: { hosts: ['127.0.0.1'] } });
const error: unknown = await cancelScope('report', { timeoutMs: 10_000 }, async (scope) => {
  const response = await fetch(`http://127.0.0.1:${port}/prices`);
  setTimeout(() => scope.cancel('superseded', 'a newer report'), 50);
  return response.text().catch((failure: unknown) => failure); // cut off while it is read
});
const cause = findCancelledError(error)?.cause;
if (cause !== undefined) console.log(explain(cause));
server.close();

/* prints:
the server was told how long: true
"report" was cancelled: superseded (a newer report)
  at 2026-11-22T10:15:03.120Z in process 4711, thread main
→ "fetch:127.0.0.1:body" was cancelled with it (+0.0 ms)
*/

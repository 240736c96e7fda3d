/**
 * A service in a process of its own, for tests of its shutdown. Options come as JSON in the first argument; it prints its
 * port, then a line of JSON for each phase.
 *
 * `/readyz`  · `/work`: some ms in a scope · `/stream`: until cancelled, then a last line · `/stuck`: never ends.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelScope, isCancelled, registerMonitor } from '../../src/index.ts';
import { shutdownScope } from '../../src/middleware/shutdown/index.ts';

const { dispose = false, ...options } = JSON.parse(process.argv[2] ?? '{}');
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

registerMonitor({ shutdownPhaseEnded: (_scope, event) => print(event) });

const server = createServer((request, response) => {
  if (request.url === '/readyz') return void response.writeHead(shutdown.isShuttingDown ? 503 : 200).end();
  if (request.url === '/stuck') return void response.writeHead(200).write('stuck');
  const name = `get:${request.url}`;
  cancelScope(name, { token: shutdown.token }, (scope) =>
    request.url === '/work'
      ? delay(Math.random() * 40, 'done', { signal: scope.signal })
      : stream(response, scope.signal),
  ).then(
    (text) => response.end(text),
    (error: unknown) => response.writeHead(isCancelled(error, 'shutdown') ? 503 : 500).end(),
  );
});
const shutdown = shutdownScope({ ...options, servers: [server] });
if (dispose) shutdown[Symbol.dispose]();
void shutdown.ended.then((result) => print({ result }));
server.listen(0, '127.0.0.1', () => print({ port: (server.address() as AddressInfo).port }));

/** Events for as long as it may, and a last one. */
async function stream(response: ServerResponse, signal: AbortSignal): Promise<string> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  while (!signal.aborted) {
    response.write('data: tick\n\n');
    await delay(20, undefined, { signal }).catch(() => {});
  }
  return 'data: bye\n\n';
}

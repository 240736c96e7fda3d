import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Serves `handle` on loopback until the test is over. Gives a function that opens a request to it. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<(options?: RequestOptions) => ClientRequest> {
  const server: Server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return (options = {}) => {
    const request = httpRequest({ host: '127.0.0.1', port, agent: false, ...options });
    request.on('error', () => {}); // a test that cuts the connection means to
    return request;
  };
}

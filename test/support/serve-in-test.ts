import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { onTestFinished } from 'vitest';
import type { StartedServer } from './disconnect-table.ts';

/** Has a server of HTTP listen on loopback until the test is over. */
export async function serveInTest(server: Server & { closeAllConnections?(): void }): Promise<StartedServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections?.();
    await closed;
  };
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, close };
}

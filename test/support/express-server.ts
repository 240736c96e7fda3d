import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { onTestFinished } from 'vitest';
import type { StartedServer } from './disconnect-table.ts';

/** Both majors; the older one is installed under another name, and has the same types as far as tests go. */
export const EXPRESS_MAJORS = [
  { major: 5, express },
  { major: 4, express: createRequire(import.meta.url)('express4') as typeof express },
] as const;

/** Serves `app` on loopback. */
export async function listen(app: Express): Promise<StartedServer> {
  const server: Server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeIdleConnections();
      await once(server, 'close');
    },
  };
}

/** The same until the test is over; gives its origin. */
export async function listenInTest(app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

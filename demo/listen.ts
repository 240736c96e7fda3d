/**
 * Listening, on loopback unless told otherwise: on the port one likes, or on a free one when that is taken.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Longer than any visitor pauses: a connection must not be closed just when it is used again. In ms. */
export const KEEP_ALIVE_MS = 60_000;

/** Starts `server` and gives its port: `preferred`, unless somebody else has it. */
export async function listen(server: Server, preferred: number, host = LOOPBACK): Promise<number> {
  try {
    return await listenOn(server, preferred, host);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return listenOn(server, 0, host);
  }
}

/** A port somebody else may listen on: `preferred`, or a free one. */
export async function freePort(preferred: number): Promise<number> {
  const probe = createServer();
  const port = await listen(probe, preferred);
  probe.close();
  await once(probe, 'close');
  return port;
}

async function listenOn(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening'); // rejects on 'error'
  return (server.address() as AddressInfo).port;
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' || code === 'EACCES';
}

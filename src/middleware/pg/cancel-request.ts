/**
 * A cancel request: what makes Postgres stop whatever a connection is running. It has a connection of its own.
 *
 * Q10. It takes the way the query's connection took, to the same address and as private: one name may stand for many
 *      servers, and only one of them knows the query.
 * Q11. Postgres closes the request's connection when the cancel is passed on. No other end says that it is over.
 */
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { QueryClient, StreamFactory, WireClass } from './pg-client.ts';

/** How a request ended: passed on (Q11), never sent, or sent and nobody knows. */
export type RequestEnd = 'passed' | 'unsent' | 'unknown';

/** A request on its way. */
export interface CancelRequest {
  readonly ended: Promise<RequestEnd>;
  /** Closes its connection. */
  drop(): void;
}

/** Sends one. `stream` is how the client's pool makes sockets, if it was told. */
export function sendCancelRequest(client: QueryClient, stream: StreamFactory | undefined): CancelRequest {
  const ssl = client.ssl;
  const sslNegotiation = client.sslNegotiation ?? 'postgres';
  // The client's own class: it knows TLS, sockets in the file system and the form of the key.
  const wire = new (client.connection.constructor as WireClass)({
    ssl: stream === undefined ? namedFor(client.host, ssl) : ssl,
    sslNegotiation,
    stream,
  });
  let isSent = false;
  let isBroken = false;
  const send = (): void => {
    isSent = true;
    wire.cancel(client.processID ?? 0, client.secretKey ?? 0);
  };
  const drop = (): void => {
    isBroken = true;
    wire.stream.destroy();
  };
  const ended = new Promise<RequestEnd>((resolve) => {
    wire.on('connect', () => {
      if (ssl === false) send();
      else if (sslNegotiation !== 'direct') wire.requestSsl();
    });
    wire.on('sslconnect', send);
    wire.on('error', drop);
    wire.on('end', () => resolve(isSent ? (isBroken ? 'unknown' : 'passed') : 'unsent'));
  });
  dial(client, wire, stream);
  return { ended, drop };
}

function dial({ host, port, connection }: QueryClient, wire: QueryClient['connection'], stream: unknown): void {
  if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`);
  else wire.connect(port, stream === undefined ? (connection.stream.remoteAddress ?? host) : host); // Q10
}

/** TLS options for an address that stands in for `host`: the certificate is still that of the name. */
function namedFor(host: string, ssl: boolean | ConnectionOptions): boolean | ConnectionOptions {
  if (ssl === false) return false;
  const name = { enumerable: true, value: host };
  const given = ssl === true ? {} : Object.getOwnPropertyDescriptors(ssl); // `pg` hides the key from a plain copy
  const names = isIP(host) === 0 ? { host: name, servername: name } : { host: name };
  return Object.create(Object.prototype, { ...given, ...names }) as ConnectionOptions;
}

/**
 * What is used of a client of `pg`, of which its types say only a part.
 */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type { ClientBase, QueryArrayConfig, QueryConfig } from 'pg';

/** What can be asked of a client. */
export type QueryInput = string | QueryConfig | QueryArrayConfig;

/** How a client makes its sockets, if not by itself. */
export type StreamFactory = (config: unknown) => Duplex;

/** A connection, below the client. */
export interface Wire extends EventEmitter {
  readonly stream: Duplex & { readonly remoteAddress?: string | undefined };
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}

/** The class of a connection. */
export type WireClass = new (config: {
  readonly ssl: boolean | ConnectionOptions;
  readonly sslNegotiation: string;
  readonly stream?: StreamFactory | undefined;
}) => Wire;

/** A client written in JavaScript; `pg.native` has none of these. */
export interface QueryClient extends ClientBase {
  readonly connection: Wire;
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean | ConnectionOptions;
  readonly sslNegotiation?: 'postgres' | 'direct';
  /** What a cancel must know; null when the server gave none. */
  readonly processID: number | null;
  readonly secretKey: number | null;
  /** Whether the server waits for a query. */
  readonly readyForQuery?: boolean;
  end(): Promise<void>;
}

/** Resolves when the server says that it is ready for the next query: true; or the connection has ended: false. */
export function nextReady({ connection }: QueryClient): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isReady: boolean): void => {
      connection.off('readyForQuery', onReady);
      connection.off('end', onEnd);
      resolve(isReady);
    };
    const onReady = (): void => end(true);
    const onEnd = (): void => end(false);
    connection.on('readyForQuery', onReady);
    connection.on('end', onEnd);
  });
}

/** Whether a query sent now would be the only one there is. A closed client is: it refuses it. */
export function isIdle({ readyForQuery, connection }: QueryClient): boolean {
  return readyForQuery === true || connection.stream.destroyed;
}

/** Whether an error of a query was sent by the server: what is thrown on this side has no severity. */
export function isFromServer(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'severity' in error && typeof error.severity === 'string' && 'code' in error;
}

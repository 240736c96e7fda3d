/**
 * A client for the time of one query: of the caller's own, or taken from a pool.
 *
 * Q12. A query that is cancelled before it has a connection never gets one: one that comes too late goes straight back.
 */
import type { ClientBase, Pool, PoolClient } from 'pg';
import { InvalidArgumentError, type Scope, UnsupportedError } from '../../token/index.ts';
import type { QueryClient, StreamFactory } from './pg-client.ts';

/** What a query can be sent to. */
export type QuerySource = Pool | ClientBase;

/** A client in use. */
export interface Lease {
  readonly client: QueryClient;
  /** How its sockets are made, if the pool was told. */
  readonly stream: StreamFactory | undefined;
  /** Ends the lease; the connection is closed where it may not be used again. A second call changes nothing. */
  end(mayBeUsed: boolean): void;
}

/** @throws {CancelledError} there was no connection in time. @throws {UnsupportedError} it cannot be cancelled. */
export async function take(source: QuerySource, scope: Scope): Promise<Lease> {
  if (!isPool(source)) return leaseOf(checked(source), undefined, () => {});
  const taken = await scope.race(source.connect(), { dispose: (late) => late.release() }); // Q12
  const lease = leaseOf(taken as PoolClient & QueryClient, streamOf(source), (mayBeUsed) => taken.release(!mayBeUsed));
  try {
    checked(taken);
  } catch (error) {
    lease.end(true);
    throw error;
  }
  return lease;
}

function leaseOf(client: QueryClient, stream: StreamFactory | undefined, release: (mayBeUsed: boolean) => void): Lease {
  let isOver = false;
  // A connection that breaks fails its query; as an event it would end the process where nobody else listens.
  const ignore = (): void => {};
  client.on('error', ignore);
  return {
    client,
    stream,
    end(mayBeUsed) {
      if (isOver) return;
      isOver = true;
      release(mayBeUsed);
      if (mayBeUsed) return void client.off('error', ignore);
      client.end().catch(ignore); // so that it expects its end
      client.connection.stream.destroy();
    },
  };
}

function isPool(source: QuerySource): source is Pool {
  return typeof source === 'object' && source !== null && 'totalCount' in source && 'connect' in source;
}

function checked(source: object): QueryClient {
  if (typeof source !== 'object' || source === null || !('query' in source)) {
    throw new InvalidArgumentError('source', 'a Pool or a Client of pg', source);
  }
  if ('connection' in source && 'processID' in source) return source as QueryClient;
  throw new UnsupportedError('Only the JavaScript clients of pg can have their queries cancelled, not pg.native');
}

function streamOf(pool: Pool): StreamFactory | undefined {
  const stream: unknown = pool.options.stream;
  return typeof stream === 'function' ? (stream as StreamFactory) : undefined;
}

/**
 * A query in a scope: cancelled with it, at the server.
 *
 * Q14. Postgres cancels connections, not queries: a cancel that arrives late hits whatever runs by then. So the next
 *      query waits until the server is ready for it and has passed on all cancels there were (Q11); a connection for
 *      which that cannot be said in time is closed.
 * Q15. A query that ended before its cancel took effect has its own result, or its own error.
 */
import type { QueryArrayConfig, QueryArrayResult, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { cancelScope, checkedMs, InvalidArgumentError, type Scope, type ScopeOptions } from '../../token/index.ts';
import { type CancelEnd, cancelRunning, type Running } from './cancel-running.ts';
import { type Lease, type QuerySource, take } from './lease.ts';
import { isFromServer, isIdle, nextReady, type QueryClient, type QueryInput } from './pg-client.ts';
import { timeout } from './timeout.ts';

/** Options of {@link cancellableQuery}. */
export interface CancellableQueryOptions extends ScopeOptions {
  /** What to call the scope: a kind of query, such as `pg:load-orders`, never its text. Default `pg:query`. */
  readonly name?: string;
  /** How long a cancelled query may take to stop, in ms, before its connection is closed instead. Default 5,000. */
  readonly cancelWithinMs?: number;
}

type Result = QueryResult | QueryArrayResult;

/** What a query came to. */
type Answer = { readonly result: Result } | { readonly error: unknown };

const QUERY_CANCELED = '57014';

/** Cancels on their way, by client: what they were for may be over already (Q14). */
const cancels = new WeakMap<QueryClient, Promise<CancelEnd>>();

/**
 * Runs a query in a scope of its own. When that is cancelled, so is the query at the server.
 *
 * The promise settles when the connection is back in its pool, ready for the next query, or closed. On a client of your
 * own, use nothing else meanwhile: a plain `client.query` queued behind a cancelled one may be hit in its stead (Q14).
 *
 * @param source - A Pool or Client of `pg`, not of `pg.native`.
 * @throws {CancelledError} the scope was cancelled, and the query with it.
 * @throws {UnsupportedError} the client is one of `pg.native`.
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 * @throws what the query itself throws, with or without a cancel behind it (Q15).
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 *
 * @example
 * const { rows } = await cancellableQuery(pool, 'select * from orders where customer = $1', [id], { timeoutMs: 2_000 });
 */
export function cancellableQuery<R extends unknown[]>(
  source: QuerySource,
  query: QueryArrayConfig,
  params?: readonly unknown[],
  options?: CancellableQueryOptions,
): Promise<QueryArrayResult<R>>;
export function cancellableQuery<R extends QueryResultRow>(
  source: QuerySource,
  query: string | QueryConfig,
  params?: readonly unknown[],
  options?: CancellableQueryOptions,
): Promise<QueryResult<R>>;
export async function cancellableQuery(
  source: QuerySource,
  query: QueryInput,
  params?: readonly unknown[],
  options: CancellableQueryOptions = {},
): Promise<Result> {
  const { name = 'pg:query', cancelWithinMs = 5_000, ...scopeOptions } = options;
  checkedMs('cancelWithinMs', cancelWithinMs);
  if (typeof query !== 'string' && (typeof query !== 'object' || query === null)) {
    throw new InvalidArgumentError('query', 'SQL, or a query config of pg', query);
  }
  return cancelScope(name, scopeOptions, async (scope) => {
    const lease = await take(source, scope);
    const send = (): Promise<Result> => lease.client.query(query, params as unknown[]);
    try {
      // Looked at and sent to in one go: nobody else may come between.
      for (let turn = turnOf(lease.client); turn !== undefined; turn = turnOf(lease.client))
        await scope.race<unknown>(turn);
      scope.throwIfCancelled(); // Q12
    } catch (error) {
      lease.end(true);
      throw error;
    }
    return run(lease, send, scope, cancelWithinMs);
  });
}

/** What to wait for until a query would be the only one on its connection; whoever had it before may have left one. */
function turnOf(client: QueryClient): Promise<unknown> | undefined {
  return cancels.get(client) ?? (isIdle(client) ? undefined : nextReady(client));
}

async function run(lease: Lease, send: () => Promise<Result>, scope: Scope, withinMs: number): Promise<Result> {
  const running: Running = { lease, over: nextReady(lease.client), clock: scope._clock, withinMs };
  const answering = settled(send);
  let cancelling: Promise<CancelEnd> | undefined;
  const listening = scope.onCancel(() => void (cancelling = cancel(running)));
  const answer = await answering;
  listening.dispose();
  const end = await (cancelling ?? endOf(answer, running));
  lease.end(end === 'free');
  if ('result' in answer) return answer.result; // Q15
  const wasCancelled = isFromServer(answer.error) ? answer.error.code === QUERY_CANCELED : end === 'overdue';
  if (wasCancelled) scope.throwIfCancelled();
  throw answer.error; // Q15
}

async function cancel(running: Running): Promise<CancelEnd> {
  const { lease } = running;
  const cancelling = cancelRunning(running);
  cancels.set(lease.client, cancelling);
  const end = await cancelling;
  cancels.delete(lease.client);
  if (end !== 'free') lease.end(false); // Q14; a query that still runs is answered by this
  return end;
}

async function settled(send: () => Promise<Result>): Promise<Answer> {
  try {
    return { result: await send() };
  } catch (error) {
    return { error };
  }
}

/** What is to become of a connection whose query nobody cancelled. */
async function endOf(answer: Answer, running: Running): Promise<CancelEnd> {
  const { client } = running.lease;
  if ('result' in answer || client.readyForQuery === true) return 'free';
  if (client.connection.stream.destroyed) return 'doubtful';
  if (!isFromServer(answer.error)) return cancel(running); // `pg` gave it up, for its `query_timeout`: it still runs
  const late = timeout(running.clock, running.withinMs);
  const isReady = await Promise.race([running.over, late.passed]);
  late.clear();
  return isReady === true ? 'free' : 'doubtful';
}

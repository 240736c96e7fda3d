/**
 * What a cancel is to the client.
 *
 * H6. A timeout or deadline of the service's own is 504; the client's own deadline 408; a shutdown 503, with
 *     `Retry-After`; a client that is gone gets nothing, and 499 stands in the log. The rest is 503, but for errors: 500.
 */
import { type CancellationCause, CancelledError } from '../../token/index.ts';

/** Another status for a cancel; undefined leaves it. */
export type StatusOf = (cause: CancellationCause) => number | undefined;

/** A request's cancel, as frameworks answer errors: they read `status` or `statusCode`, and `headers`. */
export type RequestCancelledError = CancelledError & {
  readonly status: number;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its message is the service's own affair. */
  readonly expose: false;
};

/** What is known of a request beyond its cause. */
export interface RequestFacts {
  /** Whether its deadline was the client's. */
  readonly clientDeadline: boolean;
  /** The major version of its protocol. */
  readonly httpVersion: number;
}

/** How long a client is asked to stay away from a service that shuts down, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/** The cancel of a request as an error that frameworks answer as H6 says, or as `statusOf` does. */
export function requestCancelled(
  cause: CancellationCause,
  facts: RequestFacts,
  statusOf: StatusOf | undefined,
): RequestCancelledError {
  const status = chosen(cause, statusOf) ?? statusFor(cause, facts);
  const headers = cause.root.reason === 'shutdown' ? shutdownHeaders(facts) : {};
  return Object.assign(new CancelledError(cause), { status, statusCode: status, headers, expose: false as const });
}

/** What the service says; what makes no sense, or throws, is passed over. */
function chosen(cause: CancellationCause, statusOf: StatusOf | undefined): number | undefined {
  try {
    const status = statusOf?.(cause);
    return Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599 ? status : undefined;
  } catch {
    return undefined;
  }
}

function statusFor(cause: CancellationCause, { clientDeadline }: RequestFacts): number {
  switch (cause.root.reason) {
    case 'disconnect':
      return 499;
    case 'timeout':
      return 504;
    case 'deadline':
      return clientDeadline && cause.root === cause ? 408 : 504;
    case 'error':
    case 'sibling':
      return 500;
    default:
      return 503;
  }
}

function shutdownHeaders({ httpVersion }: RequestFacts): Record<string, string> {
  const retry = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  return httpVersion > 1 ? retry : { ...retry, connection: 'close' }; // HTTP/2 knows no such header
}

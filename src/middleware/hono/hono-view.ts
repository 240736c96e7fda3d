/**
 * Requests of Hono, as the rest of middleware sees them: with Node's own under them, or without.
 */
import { Disposer } from '../../token/index.ts';
import type { Context } from 'hono';
import { type NodeRequest, type NodeResponse, nodeView, type RequestView } from '../http/index.ts';

interface NodeBindings {
  readonly incoming?: NodeRequest;
  readonly outgoing?: NodeResponse;
}

/** Node's own response under this one; none where @hono/node-server does not serve it. */
export function outgoingOf(c: Context): NodeResponse | undefined {
  const { incoming, outgoing } = (c.env ?? {}) as NodeBindings;
  return incoming === undefined ? undefined : outgoing;
}

/** A request of Hono. */
export function viewOf(c: Context): RequestView<Context> {
  const { incoming, outgoing } = (c.env ?? {}) as NodeBindings;
  if (incoming !== undefined && outgoing !== undefined) return nodeView(c, incoming, outgoing);
  const { signal } = c.req.raw;
  return {
    request: c,
    method: c.req.method,
    httpVersion: 1,
    headerOf: (name) => c.req.header(name),
    watch(gone) {
      const onAbort = (): void => gone('before_headers');
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
      return new Disposer(() => signal.removeEventListener('abort', onAbort));
    },
  };
}

/**
 * Metrics handler: a registry over HTTP.
 *
 * MH1. The format is the registry's own. Nothing is negotiated: a registry that changes its format spoils the
 *      counters of its client package.
 * MH2. It never throws, and a failure says nothing of its cause to whoever scrapes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is asked of a registry to serve it. */
export interface ServedRegistry {
  readonly contentType: string;
  metrics(): string | Promise<string>;
}

/**
 * A request listener for `node:http` that answers GET and HEAD with the metrics of `registry`, at any path.
 *
 * Other methods get 405; a registry that fails gets 500.
 *
 * @example
 * createServer(metricsHandler(registry)).listen(9464);
 */
export function metricsHandler(registry: ServedRegistry): (req: IncomingMessage, res: ServerResponse) => void {
  return (req, res) => {
    void answer(registry, req, res);
  };
}

async function answer(registry: ServedRegistry, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    res.setHeader('Allow', 'GET, HEAD');
    return send(res, 405, 'text/plain; charset=utf-8', 'only GET and HEAD\n');
  }
  try {
    send(res, 200, registry.contentType, await registry.metrics());
  } catch {
    send(res, 500, 'text/plain; charset=utf-8', 'the metrics could not be collected\n'); // MH2
  }
}

function send(res: ServerResponse, status: number, contentType: string, body: string): void {
  if (res.headersSent) return; // somebody else has answered meanwhile
  const length = Buffer.byteLength(body);
  res.writeHead(status, { 'Content-Type': contentType, 'Content-Length': length, 'Cache-Control': 'no-store' });
  res.end(body); // Node leaves the body out for HEAD
}

/**
 * The metrics over HTTP, on a port of its own.
 *
 * Z14. Nothing that comes in can end the process: what is no request gets 400, other paths 404, and every error is
 *      handled. On loopback, only requests that name loopback are answered: a web page could reach it by another name.
 * Z15. It keeps no process alive. A port that is taken is said once, and by nobody who was forked: the first one has it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv4 } from 'node:net';
import { metricsHandler, type ServedRegistry } from '../exporters/prometheus/index.ts';
import { leaveOut } from './http-server.ts';
import { harmless, warn } from './warn.ts';

/** Where to listen. */
export interface MetricsAddress {
  readonly host: string;
  /** 0: any free one, told on stderr. */
  readonly port: number;
}

const BAD_REQUEST = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
const CONNECTIONS_MAX = 32;
const REQUEST_TIMEOUT_MS = 10_000;

/** Serves `registry` at `/metrics`. */
export function serveMetrics(registry: ServedRegistry, { host, port }: MetricsAddress): Server {
  const metrics = metricsHandler(registry);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    if (isLoopback(host) && !namesLoopback(request)) refuse(response, 403);
    else if (pathOf(request) === '/metrics') metrics(request, response);
    else refuse(response, 404);
  });
  leaveOut(server);
  server.maxConnections = CONNECTIONS_MAX;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(BAD_REQUEST);
    else socket.destroy();
  });
  server.on('connection', (socket) => socket.unref()); // Z15
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE' && process.channel != null) return; // Z15
    warn(
      `CANCELSCOPE_METRICS_PORT: cannot listen on ${host}:${port} (${error.code}); set another. No metrics are served`,
    );
  });
  server.on(
    'listening',
    harmless(() => {
      const { port: found } = server.address() as AddressInfo;
      if (port === 0) process.stderr.write(`cancelscope: metrics at http://${urlHost(host)}:${found}/metrics\n`);
    }),
  );
  server.listen({ host, port, exclusive: true }); // not the primary's handle: every worker of a cluster would answer
  server.unref();
  return server;
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.replace(/\?.*$/s, '');
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Length': 0 }).end();
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function namesLoopback({ headers }: IncomingMessage): boolean {
  const name = headers.host?.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name !== undefined && isLoopback(name);
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, constants } from 'node:http2';
import type { Readable, Writable } from 'node:stream';

/** A client that can leave whenever it likes. */
export interface DisconnectClient {
  /** Sends part of the body. */
  write(part: string): void;
  /** Sends the rest, and that it was all. */
  finish(rest?: string): void;
  /** Resolves once the first part of the answer is here. */
  readonly firstPart: Promise<unknown>;
  /** Resolves once all of it is here, or never will be. */
  readonly over: Promise<unknown>;
  /** Goes away at once. */
  leave(): void;
  /** Ends its connection; nothing it asked for is open any more. */
  close(): void;
}

/** Opens one request on a connection of its own. */
export function disconnectClient(http: 1 | 2, port: number, method: string, path: string): DisconnectClient {
  return http === 1 ? http1Client(port, method, path) : http2Client(port, method, path);
}

const ignore = (): void => {}; // a test that cuts the connection means to

function http1Client(port: number, method: string, path: string): DisconnectClient {
  const headers = method === 'POST' ? { 'content-length': 5, 'content-type': 'text/plain' } : {};
  const request = httpRequest({ host: '127.0.0.1', port, agent: false, method, path, headers });
  request.on('error', ignore);
  const answer = new Promise<Readable>((resolve) => {
    request.once('response', (response) => {
      response.on('error', ignore);
      resolve(response);
    });
  });
  return {
    ...sending(request),
    firstPart: answer.then(async (response) => once(response, 'data')).catch(ignore),
    over: Promise.race([answer.then(async (response) => closed(response)), closed(request)]),
    leave: () => void request.destroy(),
    close: () => void request.destroy(),
  };
}

function http2Client(port: number, method: string, path: string): DisconnectClient {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', ignore);
  const headers = { ':method': method, ':path': path, ...(method === 'POST' && { 'content-type': 'text/plain' }) };
  const stream = session.request(headers, { endStream: method === 'GET' });
  stream.on('error', ignore);
  return {
    ...sending(stream),
    firstPart: once(stream, 'data').catch(ignore),
    over: closed(stream),
    leave: () => stream.close(constants.NGHTTP2_CANCEL),
    close: () => session.destroy(),
  };
}

function sending(writable: Writable): Pick<DisconnectClient, 'write' | 'finish'> {
  return {
    write: (part) => void writable.write(part),
    finish: (rest) => void (rest === undefined ? writable.end() : writable.end(rest)),
  };
}

async function closed(side: Readable | Writable): Promise<void> {
  if ('resume' in side) side.resume();
  if (!side.closed) await once(side, 'close').catch(ignore);
}

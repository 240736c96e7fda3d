import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { deferred } from './deferred.ts';

/** An answer, as far as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** False when the connection ended in the middle of it. */
  readonly isWhole: boolean;
}

/** Asks a server on loopback, on a connection of its own. `started` resolves with the first part of the answer's body. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> & { readonly started: Promise<void> } {
  const started = deferred();
  const answer = new Promise<Answer>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false });
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      let body = '';
      response.on('data', (part: Buffer) => {
        body += part.toString();
        started.resolve();
      });
      response.on('error', () => {}); // cut off: `complete` says so
      response.on('close', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, isWhole: response.complete });
      });
    });
    request.end();
  });
  return Object.assign(answer, { started: started.promise });
}

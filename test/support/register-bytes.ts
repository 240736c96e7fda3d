/**
 * What a server answers, byte by byte.
 */
import { connect } from 'node:net';

/** Sends `request` as it is, and gives all that comes back until the server closes the connection. */
export function bytesOf(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(withoutDate(Buffer.concat(chunks).toString('latin1'))));
  });
}

/** The one thing that differs from run to run. */
function withoutDate(answer: string): string {
  return answer.replaceAll(/^Date: .*\r$/gim, 'Date: <now>\r');
}

const CLOSE = 'Host: x\r\nConnection: close\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';

/** Requests of all kinds; the server ends each connection. */
export const REQUESTS: Readonly<Record<string, string>> = {
  get: `GET /fast HTTP/1.1\r\n${CLOSE}\r\n`,
  'get by HTTP/1.0': `GET /fast HTTP/1.0\r\nHost: x\r\n\r\n`,
  head: `HEAD /fast HTTP/1.1\r\n${CLOSE}\r\n`,
  options: `OPTIONS /echo HTTP/1.1\r\n${CLOSE}\r\n`,
  'no such path': `GET /missing?a=1 HTTP/1.1\r\n${CLOSE}\r\n`,
  'a handler that throws': `GET /throw HTTP/1.1\r\n${CLOSE}\r\n`,
  post: `POST /echo HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Length: 7\r\n\r\n{"a":1}`,
  'post in chunks': `POST /echo HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n`,
  'a body that is no JSON': `POST /echo HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Length: 7\r\n\r\n{"a":1!`,
  'expect continue': `POST /echo HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Expect: 100-continue\r\nContent-Length: 7\r\n\r\n{"a":1}`,
  'destroyed by the server': `GET /destroy HTTP/1.1\r\n${CLOSE}\r\n`,
  pipelined: `GET /fast HTTP/1.1\r\nHost: x\r\n\r\nGET /missing HTTP/1.1\r\nHost: x\r\n\r\nGET /fast HTTP/1.1\r\n${CLOSE}\r\n`,
  'no request': 'what is this\r\n\r\n',
  'too long a header': `GET /fast HTTP/1.1\r\n${CLOSE}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
  'what a program finds out': `GET /facts HTTP/1.1\r\n${CLOSE}\r\n`,
};

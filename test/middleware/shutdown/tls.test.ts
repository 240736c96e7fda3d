import { once } from 'node:events';
import { connect as connectHttp2, createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import type { Server } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { listening, REQUEST, shutdownByHand, turns } from '../../support/shutdown.ts';
import { CERTIFICATE, KEY } from '../../support/shutdown-certificate.ts';

guardLeaks();

const IDENTITY = { cert: CERTIFICATE, key: KEY };

/** Servers over TLS, and what they speak. */
const SERVERS: readonly (readonly [string, (handle: RequestListener) => Server, readonly ('http/1.1' | 'h2')[]])[] = [
  ['https', (handle) => createServer(IDENTITY, handle), ['http/1.1']],
  ['http2', (handle) => createSecureServer(IDENTITY, handle as never), ['h2']],
  [
    'http2 that allows HTTP/1',
    (handle) => createSecureServer({ ...IDENTITY, allowHTTP1: true }, handle as never),
    ['http/1.1', 'h2'],
  ],
];

async function secureSocket(port: number, protocol: string): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: [protocol] });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

/** Asks in one of the protocols; resolves with the whole answer. */
async function ask(port: number, protocol: 'http/1.1' | 'h2'): Promise<string> {
  let text = '';
  if (protocol === 'http/1.1') {
    const socket = await secureSocket(port, protocol);
    socket.write(REQUEST);
    for await (const part of socket.setEncoding('utf8')) text += String(part);
    return text;
  }
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  onTestFinished(() => session.destroy());
  for await (const part of session.request({ ':path': '/' }).setEncoding('utf8')) text += String(part);
  return text;
}

test.each(SERVERS)(
  'SD5, SD7: a server of %s answers what it has, and no silent connection holds it up',
  async (_name, make, protocols) => {
    const release = deferred();
    const entered = protocols.map(() => deferred());
    let count = 0;
    const server = make((_request, response) => {
      entered[count++]?.resolve();
      void release.promise.then(() => response.end('hello'));
    });
    const port = await listening(server);
    const { shutdown } = shutdownByHand({ servers: [server], announceMs: 0, drainMs: Infinity });
    const silent = await Promise.all(protocols.map((protocol) => secureSocket(port, protocol)));
    const cut = silent.map((socket) => once(socket.resume(), 'close'));
    const answers = protocols.map((protocol) => ask(port, protocol));
    await Promise.all(entered.map(({ promise }) => promise));
    void shutdown.begin();
    await turns();
    expect([shutdown.state, server.listening]).toEqual(['drain', false]);

    release.resolve();

    const texts = await Promise.all(answers);
    expect(await shutdown.ended).toMatchObject({ forced: false, left: 0 });
    const whole = { h2: /^hello$/, 'http/1.1': /connection: close\r\n[^]*hello/i };
    expect(texts).toEqual(protocols.map((protocol) => expect.stringMatching(whole[protocol])));
    await Promise.all(cut);
  },
);

import { describe, expect, test } from 'vitest';
import { cancelScope } from '../../../src/index.ts';
import { cancellableFetch } from '../../../src/middleware/fetch/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { serveCalls } from '../../support/outgoing-server.ts';

guardLeaks();
guardUnhandled();

interface Ports {
  readonly url: string;
  /** The client's port of each request so far: the same for the same connection. */
  readonly ports: number[];
}

/** Answers at once; `/headers` never, `/body` never in full. */
async function server(): Promise<Ports> {
  const ports: number[] = [];
  const { url } = await serveCalls((request, response) => {
    ports.push(request.socket.remotePort ?? 0);
    if (request.url === '/headers') return;
    if (request.url === '/body') response.write('first part');
    else response.end('whole');
  });
  return { url, ports };
}

describe('a kept-alive connection', () => {
  test('is used again after calls that ended as they should', async () => {
    const { url, ports } = await server();

    for (let call = 0; call < 5; call++) {
      await cancelScope('report', async () => (await cancellableFetch({ timeoutMs: 60_000 })(url)).text());
      await loopTurn(); // undici frees the connection a little after the body's end
    }

    expect(new Set(ports).size).toBe(1);
  });

  test.each(['headers', 'body'])('is not, after one that was cancelled before the end of its %s', async (phase) => {
    const { url, ports } = await server();
    const fetch = cancellableFetch();
    await (await fetch(url)).text();
    await loopTurn();
    await caught(
      cancelScope('report', async (scope) => {
        const call = fetch(`${url}/${phase}`).then((response) => {
          scope.cancel();
          return response.text();
        });
        while (ports.length < 2) await loopTurn();
        if (phase === 'headers') scope.cancel();
        await call;
      }),
    );

    const text = await (await fetch(url)).text();

    expect(text).toBe('whole');
    expect(ports[1]).toBe(ports[0]);
    expect(ports[2]).not.toBe(ports[1]);
  });
});

import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { threadLinks } from '../../../../src/backends/thread/thread-links.ts';
import { everywhere } from '../../../../src/index.ts';

describe('K4: two links between the same two threads', () => {
  /** The other end of a link to a thread that is not there, and the questions it was asked. */
  function otherEnd(): { asked: unknown[]; close: () => Promise<unknown> } {
    const { port1, port2 } = new MessageChannel();
    const asked: unknown[] = [];
    port1.on('message', ({ kind, question }: { kind: string; question?: { about: string } }) => {
      if (kind === 'ask') asked.push(question?.about);
    });
    threadLinks.accept({
      cancelscope: 'link',
      port: port2,
      origin: { pid: process.pid, threadId: 4711, threadName: 'twin' },
    });
    const close = async (): Promise<unknown> => {
      const closed = once(port2, 'close');
      port1.close();
      return closed;
    };
    return { asked, close };
  }

  test('questions go through the first, and through the other when that has closed', async () => {
    const [first, second] = [otherEnd(), otherEnd()];

    const { unreachable } = await everywhere.snapshot({ withinMs: 50 });
    await first.close();
    await everywhere.snapshot({ withinMs: 50 });
    await second.close();
    await everywhere.snapshot({ withinMs: 50 });

    expect([first.asked, second.asked]).toEqual([['scopes'], ['scopes']]);
    expect(unreachable).toEqual([`process ${process.pid}, thread 4711 (twin)`]);
  });
});

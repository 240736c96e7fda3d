import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { attachToken, shareToken, type SharedTokenHandle } from '../../../src/backends/thread/index.ts';
import { ownersOf } from './work/slab-audit.ts';
import { threadInbox } from '../../../src/backends/thread/thread-inbox.ts';
import { threadLinks } from '../../../src/backends/thread/thread-links.ts';
import { CancellationToken } from '../../../src/index.ts';
import { gate } from '../../support/gate.ts';
import { runProgram } from '../../support/run-program.ts';
import { startThread, type ThreadAgent } from '../../support/thread-agent.ts';
import { blockUntil } from './work/gates.ts';
import { guardWork } from './work/guard-work.ts';

const HOLDER = new URL('work/tasks/holder.ts', import.meta.url);
const EARLY_PROGRAM = join(import.meta.dirname, 'work/programs/early.ts');
const MAIN = 0;

const workers = guardWork();
const tokens: CancellationToken[] = [];
const agents: ThreadAgent[] = [];
afterEach(async () => {
  for (const token of tokens.splice(0)) token.dispose();
  await Promise.all(agents.splice(0).map((each) => each.stop()));
});

function token(name = 'shared'): CancellationToken {
  const made = new CancellationToken({ name });
  tokens.push(made);
  return made;
}

function agent(): ThreadAgent {
  const started = startThread();
  agents.push(started);
  return started;
}

const words = () => threadInbox.own().words;
const owners = () => ownersOf(words()).toSorted((a, b) => a - b);

/** A thread that holds a token, and does `how` when it has it. */
function holder(how: string, shared: CancellationToken, there = gate()): { worker: Worker; there: Int32Array } {
  const worker = new Worker(HOLDER, { workerData: { handle: shareToken(shared), how, there } });
  worker.on('error', () => {});
  return { worker, there };
}

describe('R1: what a thread held is free when it has ended', () => {
  test.each(['return', 'exit', 'throw', 'reject'])('by %s', async (how) => {
    const shared = token();
    holder(how, shared);

    await workers.ended();

    expect(owners()).toEqual([MAIN]);
  });

  test('by force, in the middle of what it does', async () => {
    const { worker, there } = holder('spin', token());
    blockUntil(there, 0);

    await worker.terminate();

    expect(owners()).toEqual([MAIN]);
  });

  test.each(['return', 'exit', 'throw'])(
    'by %s, though this thread was busy from its beginning to its end (I2)',
    async (how) => {
      const { there } = holder(how, token());

      blockUntil(there, 100);
      await workers.ended();

      expect(owners()).toEqual([MAIN]);
    },
  );

  test('also a thread that was there before anything was shared (I2)', async () => {
    const printed = await runProgram(EARLY_PROGRAM, []);

    expect(JSON.parse(printed)).toEqual([MAIN]);
  });

  test('also a thread that another thread had started', async () => {
    const { worker } = holder('start another', token());

    await once(worker, 'exit');

    expect(owners()).toEqual([MAIN]);
  });
});

describe('R2: a thread that ends', () => {
  test('takes no cancel along: who holds the token hears of it', async () => {
    const shared = token();
    const heard = new Promise<string | undefined>((resolve) => shared.onCancel(({ message }) => resolve(message)));

    holder('cancel and exit', shared);

    expect(await heard).toBe('its last word');
  });

  test('is noticed by those that are left: each holds its tokens as before', async () => {
    const shared = token();
    const left = agent();
    await left.run.attach('it', shareToken(shared));
    await left.run.listen('it');
    const { worker, there } = holder('spin', shared);
    blockUntil(there, 0);

    await worker.terminate();
    shared.cancel('manual', 'after it');

    expect((await left.run.whenCancelled('it')).message).toBe('after it');
    expect(await left.run.heard()).toEqual(['it']);
  });
});

describe('I1: a thread that shared first', () => {
  test('keeps its entry, and so does the main thread that attaches to it later (K2)', async () => {
    const first = agent();
    await first.run.make('theirs');
    const handle = await first.run.share('theirs');

    const attached = attachToken(handle);
    tokens.push(attached);
    await manyTurns(first);
    const slab = slabOf(handle);

    expect(ownersOf(slab).toSorted((a, b) => a - b)).toEqual([MAIN, first.worker.threadId]);
    const heard = attached.whenCancelled();
    await first.run.cancel('theirs', 'manual', 'by the first');
    expect((await heard).message).toBe('by the first');
  });

  test('and ended, is put right by the main thread, and so are those that attached to it', async () => {
    const [first, second] = [agent(), agent()];
    await first.run.make('theirs');
    const handle = await first.run.share('theirs');
    await second.run.attach('theirs', handle);
    const attached = attachToken(handle);
    tokens.push(attached);

    await first.stop();
    await second.stop();

    expect(ownersOf(slabOf(handle))).toEqual([MAIN]);
  });
});

test('in a slab that only other threads know, they put right what one of them leaves (K1, I1)', async () => {
  const [first, second] = [agent(), agent()];
  await first.run.make('theirs');
  const handle = await first.run.share('theirs');
  await second.run.attach('theirs', handle);
  expect(ownersOf(slabOf(handle))).toEqual([first.worker.threadId, second.worker.threadId]);

  const [stays] = ownersOf(slabOf(handle));
  await second.stop();

  await vi.waitFor(() => expect(ownersOf(slabOf(handle))).toEqual([stays]));
});

describe('K2: a thread that cannot be reached', () => {
  test('because it has ended, is no error', async () => {
    const worker = new Worker('', { eval: true });
    const { threadId } = worker;
    await once(worker, 'exit');

    threadLinks.link(threadId);
    await new Promise((resolve) => setTimeout(resolve, 0));

    expect(workers.all).toHaveLength(1);
  });

  test('because it knows nothing of us, is not taken for ended', async () => {
    const worker = new Worker("require('worker_threads').parentPort.once('message', () => process.exit(3))", {
      eval: true,
    });
    const { threadId } = worker;
    const isLinked = () => threadLinks.peers().some(({ origin }) => origin.threadId === threadId);
    const ended = vi.fn<(threadId: number) => void>();
    threadLinks.onEnded(ended);

    threadLinks.link(threadId);
    expect(isLinked()).toBe(true);
    await vi.waitFor(() => expect(isLinked()).toBe(false));

    expect(ended).not.toHaveBeenCalled();
    worker.postMessage('end', []);
    expect(await once(worker, 'exit')).toEqual([3]);
  });

  test.each(['before', 'after'])(
    'because a listener that the program added %s ours throws, is not taken for ended',
    async (when) => {
      const fails = (): never => {
        throw new Error('not for me');
      };
      if (when === 'before') process.prependListener('workerMessage', fails);
      else process.on('workerMessage', fails);
      onTestFinished(() => void process.off('workerMessage', fails));
      const shared = token();
      const other = agent();
      await other.run.attach('it', shareToken(shared));
      await manyTurns(other);

      expect(owners()).toEqual([MAIN, other.worker.threadId]);
      const heard = other.run.whenCancelled('it');
      shared.cancel('manual', 'still there');
      expect((await heard).message).toBe('still there');
    },
  );
});

describe('K1: links keep nothing alive', () => {
  test('a thread that holds a token and has nothing to do ends by itself', async () => {
    const { worker } = holder('hold', token());

    expect(await once(worker, 'exit')).toEqual([0]);
  });

  test('nor does this one’s end of them', async () => {
    const before = ports();
    const other = agent();
    await other.run.attach('it', shareToken(token()));
    await other.run.heard();

    expect(ports()).toBe(before + 1); // the channel to the agent itself
  });
});

/** Turns of both event loops, enough for what goes wrong to have gone wrong. */
async function manyTurns({ run }: ThreadAgent): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await run.heard();
}

/** What may keep this thread's event loop going. */
function ports(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
}

function slabOf({ memory }: SharedTokenHandle): Int32Array {
  return new Int32Array(memory as SharedArrayBuffer);
}

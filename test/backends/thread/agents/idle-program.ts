/**
 * A program that shares tokens between two threads, hangs listeners on them, and then has nothing more to do. It prints
 * what keeps each thread alive, and ends if nothing does. `early`: the thread that shares is the worker.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { CancellationToken } from '../../../../src/index.ts';
import { attachToken, shareToken, type SharedTokenHandle } from '../../../../src/backends/thread/index.ts';

function hang(token: CancellationToken): void {
  token.onCancel(() => console.log('cancelled'));
  token.signal.addEventListener('abort', () => console.log('aborted'));
  void token.whenCancelled();
  token.child().onCancel(() => console.log('child cancelled'));
}

/** What the event loop waits for, once what starting up leaves behind is over. */
async function report(thread: string): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const resources = process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Immediate' && !/Pipe|TTY|FS/.test(name));
  console.log(JSON.stringify({ thread, resources }));
}

function shared(): SharedTokenHandle {
  const tokens = Array.from({ length: 100 }, () => new CancellationToken({ name: 'idle' }));
  for (const token of tokens) hang(token);
  return tokens.map((token) => shareToken(token))[0] as SharedTokenHandle;
}

if (isMainThread) {
  const early = process.argv.includes('early');
  const alone = process.argv.includes('alone');
  const handle = early ? undefined : shared();
  if (alone) void report('main');
  else {
    const worker = new Worker(new URL(import.meta.url), { workerData: handle });
    worker.on('message', (theirs: SharedTokenHandle) => hang(attachToken(theirs)));
    worker.on('exit', (code) => {
      console.log(JSON.stringify({ exit: code }));
      void report('main');
    });
  }
} else {
  if (workerData !== undefined) hang(attachToken(workerData as SharedTokenHandle));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port, not a window
  else parentPort?.postMessage(shared());
  void report('worker');
}

/** A worker thread that holds tokens of this one, and cancels them while this one is blocked. */
import { shareToken } from '../../../src/backends/thread/index.ts';
import { CancellationToken } from '../../../src/index.ts';
import { type Gate, open, pass } from '../../support/gate.ts';
import type { ThreadAgent } from '../../support/thread-agent.ts';

/** A token of this thread that the worker holds under its name. */
export async function sharedAs(name: string, { run }: ThreadAgent): Promise<CancellationToken> {
  const token = new CancellationToken({ name });
  await run.attach(name, shareToken(token));
  return token;
}

/** Has the worker cancel a token as soon as `go` is open, and open it further when it has. */
export function cancelAt(go: Gate, { run }: ThreadAgent, name: string, message: string): void {
  void run.pass(go);
  void run.cancel(name, 'disconnect', message);
  void run.open(go, 2);
}

/** Blocks this thread until the worker has cancelled: no event loop turns here meanwhile. */
export function blockUntilCancelled(go: Gate): void {
  open(go);
  pass(go, 2);
}

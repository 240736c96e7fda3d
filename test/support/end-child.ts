import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const STOP_WITHIN_MS = 10_000;

/** Ends a process a test has started: as asked, or by force. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exit;
  clearTimeout(force);
}

/**
 * Cancel from another async task. In the ancestor that worked inside one tree of tasks, not from one tree to another.
 * Now it is the same call from any task: one of them wins, and none is hurt by having cancelled.
 */
import { cancelScope, CancellationToken } from 'cancelscope';
import { type Here, onBackends } from './backend.ts';

/** Computes until it is stopped; on `thread` without ever giving its event loop a turn. */
export async function compute({ token: stop, started, look }: Here): Promise<string[]> {
  const lines: string[] = [];
  stop.onCancel(({ reason, message }) => lines.push(`work: its listener hears ${reason} (${message})`));
  await cancelScope('compute', { token: stop }, async (scope) => {
    started();
    for (;;) await look(scope);
  }).catch((error: Error) => lines.push(`work: ${error.message}`));
  return lines;
}

await onBackends(async (backend, say) => {
  const stop = new CancellationToken({ name: 'stop' });
  const work = backend.start(compute, stop);

  // Each task is a tree of its own: nothing but the token leads from it to the work.
  const task = (name: string, message: string): Promise<void> =>
    cancelScope(name, { detached: true }, async (scope) => {
      await work.started;
      const won = stop.cancel('condition', message);
      say(`${name}: cancel() returned ${won}, isCancelled is ${stop.isCancelled}`);
      await scope.checkpoint(); // would throw, had it cancelled itself
      say(`${name}: goes on`);
    });
  await Promise.all([task('watcher', 'the disk is full'), task('janitor', 'time to clean up')]);

  for (const line of await work.said) say(line);
});

/* prints:
watcher: cancel() returned true, isCancelled is true
janitor: cancel() returned false, isCancelled is true
watcher: goes on
janitor: goes on
work: its listener hears condition (the disk is full)
work: "compute" was cancelled: parent (condition of "stop"): the disk is full
(the same on local and on thread)
*/

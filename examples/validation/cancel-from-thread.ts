/**
 * Cancel from a thread. In the ancestor only asyncio could, by a flag that the work polled each half second.
 * Now `cancel()` is the same call on every thread, and the work sees it without a turn of its event loop.
 */
import { cancelScope, CancellationToken, currentScope } from 'cancelscope';
import { type Here, onBackends } from './backend.ts';

/** Cancels: from a worker, or from a callback that has nothing to do with the work. */
export async function pressStop({ token: stop }: Here): Promise<string[]> {
  const won = stop.cancel('manual', 'stop was pressed');
  const cancelled = stop.isCancelled; // at once
  const wonAgain = stop.cancel('shutdown', 'too late');
  return [
    `stop key: runs in ${currentScope()?.name ?? 'no scope'}`,
    `stop key: cancel() returned ${won}, isCancelled is ${cancelled}, a second cancel() returned ${wonAgain}`,
    `stop key: reads ${stop.cause?.reason} (${stop.cause?.message})`,
  ];
}

await onBackends(async (backend, say) => {
  const stop = new CancellationToken({ name: 'stop' });
  let heard = 0;
  stop.onCancel(() => heard++);

  let pressing: Promise<string[]> | undefined;
  const ended = await cancelScope('compute', { token: stop }, async (scope) => {
    pressing = backend.start(pressStop, stop).said;
    for (;;) await backend.look(scope); // waits for nothing: on `thread`, this event loop stands still
  }).catch((error: Error) => error.message);

  for (const line of (await pressing) ?? []) say(line);
  say(`work: ${ended}`);
  say(`work: reads ${stop.cause?.reason} (${stop.cause?.message})`);
  say(`work: its own cancel() returned ${stop.cancel('error', 'me too')}, its listener calls: ${heard}`);
});

/* prints:
stop key: runs in no scope
stop key: cancel() returned true, isCancelled is true, a second cancel() returned false
stop key: reads manual (stop was pressed)
work: "compute" was cancelled: parent (manual of "stop"): stop was pressed
work: reads manual (stop was pressed)
work: its own cancel() returned false, its listener calls: 1
(the same on local and on thread)
*/

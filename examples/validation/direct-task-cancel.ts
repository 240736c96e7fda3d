/**
 * Direct task cancel. In the ancestor only asyncio had it, and threads at work for the task had to check by hand.
 * Now a task of a group has `cancel()`: it stops, with all that works for it elsewhere, and the others go on.
 */
import { cancelScope, taskGroup } from 'cancelscope';
import { type Here, onBackends, type Running } from './backend.ts';

/** Computes until its task is cancelled; on `thread` without ever giving its event loop a turn. */
export async function endless({ token: task, started, look }: Here): Promise<string[]> {
  const lines: string[] = [];
  task.onCancel(({ root }) => lines.push(`work: its listener hears ${root.reason} (${root.message})`));
  await cancelScope('compute', { token: task }, async (scope) => {
    started();
    for (;;) await look(scope);
  }).catch((error: Error) => lines.push(`work: ${error.message}`));
  return lines;
}

/** Computes, and is done. */
export async function brief({ token: task, look }: Here): Promise<string[]> {
  return cancelScope('compute', { token: task }, async (scope) => {
    for (let step = 0; step < 3; step++) await look(scope);
    return ['work: done'];
  });
}

await onBackends(async (backend, say) => {
  const value = await taskGroup('chat', async (group) => {
    let work: Running | undefined;
    const draft = group.spawn('draft', async (scope) => {
      work = backend.start(endless, scope.token);
      for (const line of await work.said) say(line);
      scope.throwIfCancelled();
    });
    const answer = group.spawn('answer', async (scope) => {
      await draft.promise.catch((error: Error) => say(`draft: ${error.message}`));
      for (const line of await backend.start(brief, scope.token).said) say(line);
      return 'an answer';
    });

    await work?.started;
    say(`draft: cancel() returned ${draft.cancel('superseded', 'asked anew')}, a second one ${draft.cancel()}`);
    say(`isCancelled: draft ${draft.token.isCancelled}, answer ${answer.token.isCancelled}`);
    return answer.promise;
  });
  say(`chat: returned ${value}`);
});

/* prints:
draft: cancel() returned true, a second one false
isCancelled: draft true, answer false
work: its listener hears superseded (asked anew)
work: "compute" was cancelled: parent (superseded of "task draft"): asked anew
draft: "draft" was cancelled: parent (superseded of "task draft"): asked anew
work: done
chat: returned an answer
(the same on local and on thread)
*/

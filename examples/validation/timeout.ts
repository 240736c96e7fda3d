/**
 * Timeout. In the ancestor a timeout worked alone; of two the last one won, and a parent's missed children elsewhere.
 * Now the earliest ends all that is inside it, on whatever thread, also a loop that never lets a timer run.
 */
import { cancelScope, isCancelled } from 'cancelscope';
import { type Here, onBackends } from './backend.ts';

const SHORT_MS = 200;
const LONG_MS = 60_000;

/** Has more time than its request. */
export const patient = (here: Here): Promise<string[]> => compute(here, LONG_MS);

/** Has less. */
export const hasty = (here: Here): Promise<string[]> => compute(here, SHORT_MS);

async function compute({ token: request, look }: Here, timeoutMs: number): Promise<string[]> {
  const lines: string[] = [];
  await cancelScope('compute', { token: request, timeoutMs }, () =>
    cancelScope('step', { timeoutMs: LONG_MS }, async (step) => {
      for (;;) await look(step);
    }),
  ).catch((error: Error) =>
    lines.push(error.message, `isCancelled(error, 'timeout') is ${isCancelled(error, 'timeout')}`),
  );
  return lines;
}

await onBackends(async (backend, say) => {
  say(`${SHORT_MS} ms for the request, ${LONG_MS} ms for its work:`);
  await cancelScope('request', { timeoutMs: SHORT_MS }, async (request) => {
    for (const line of await backend.start(patient, request.token).said) say(`  work: ${line}`);
    request.throwIfCancelled();
  }).catch((error: Error) => say(`  request: ${error.message}`));

  say(`${LONG_MS} ms for the request, ${SHORT_MS} ms for its work:`);
  await cancelScope('request', { timeoutMs: LONG_MS }, async (request) => {
    for (const line of await backend.start(hasty, request.token).said) say(`  work: ${line}`);
    await request.checkpoint(); // would throw, were it cancelled too
    say('  request: goes on');
  });
});

/* prints:
200 ms for the request, 60000 ms for its work:
  work: "compute" was cancelled: parent (timeout of "request")
  work: isCancelled(error, 'timeout') is true
  request: "request" was cancelled: timeout
60000 ms for the request, 200 ms for its work:
  work: "compute" was cancelled: timeout
  work: isCancelled(error, 'timeout') is true
  request: goes on
(the same on local and on thread)
*/

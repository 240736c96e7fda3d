/**
 * Parent and child. In the ancestor a child in another task ran on when its parent timed out, and one that cancelled
 * its own parent broke off half way. Now a cancel reaches all that is below, from wherever it comes, and nothing above.
 */
import { cancelScope, type CancellationCause } from 'cancelscope';
import { type Here, onBackends } from './backend.ts';

/** A child of the request, with children of its own. */
export async function loadPage({ token: request, started, look }: Here): Promise<string[]> {
  const lines: string[] = [];
  await cancelScope('page', { token: request }, async (page) => {
    await cancelScope('advert', (advert) => {
      advert.cancel('superseded', 'nobody looks');
      advert.throwIfCancelled();
    }).catch((error: Error) => lines.push(error.message));
    lines.push(`isCancelled: page ${page.isCancelled}, request ${request.isCancelled}`);

    await cancelScope('rows', async (rows) => {
      request.onCancel(() => lines.push('request hears of it'));
      page.onCancel(() => lines.push('page hears of it'));
      rows.onCancel((cause) => lines.push('rows hears of it', pathOf(cause)));
      started();
      for (;;) await look(rows);
    });
  }).catch((error: Error) => lines.push(error.message));
  return lines;
}

/** The same, but cancels the request from inside. */
export async function giveUp({ token: request, look }: Here): Promise<string[]> {
  const lines: string[] = [];
  await cancelScope('page', { token: request }, (page) =>
    cancelScope('rows', async (rows) => {
      lines.push(`cancel() returned ${request.cancel('error', 'no database')}`);
      lines.push(`isCancelled: rows ${rows.isCancelled}, page ${page.isCancelled}, request ${request.isCancelled}`);
      await look(rows);
    }),
  ).catch((error: Error) => lines.push(error.message));
  return lines;
}

function pathOf(cause: CancellationCause): string {
  const step = `${cause.token.name} (${cause.reason})`;
  return cause.parent === undefined ? step : `${pathOf(cause.parent)} → ${step}`;
}

await onBackends(async (backend, say) => {
  say('A child is cancelled, then the request:');
  await cancelScope('request', async (request) => {
    const page = backend.start(loadPage, request.token);
    await page.started;
    request.cancel('disconnect', 'tab closed');
    for (const line of await page.said) say(`  ${line}`);
    request.throwIfCancelled();
  }).catch((error: Error) => say(`  ${error.message}`));

  say('A child cancels the request:');
  await cancelScope('request', async (request) => {
    for (const line of await backend.start(giveUp, request.token).said) say(`  ${line}`);
    request.throwIfCancelled();
  }).catch((error: Error) => say(`  ${error.message}`));
});

/* prints:
A child is cancelled, then the request:
  "advert" was cancelled: superseded: nobody looks
  isCancelled: page false, request false
  request hears of it
  page hears of it
  rows hears of it
  request (disconnect) → page (parent) → rows (parent)
  "page" was cancelled: parent (disconnect of "request"): tab closed
  "request" was cancelled: disconnect: tab closed
A child cancels the request:
  cancel() returned true
  isCancelled: rows true, page true, request true
  "page" was cancelled: parent (error of "request"): no database
  "request" was cancelled: error: no database
(the same on local and on thread)
*/

/**
 * The answer to a request on Node: when it is over, and who ends it when nobody else does.
 */
import type { NodeResponse } from './client-gone.ts';
import type { RequestWork } from './request-work.ts';

/** Ends `work` with its answer (Q1). Half an answer that is stranded is cut off: it is not to look whole (Q4). */
export function endWithAnswer(work: RequestWork, response: NodeResponse): void {
  response.once('close', () => work.close(response.writableEnded));
  work.onStranded(() => {
    if (response.headersSent && !response.writableEnded) response.destroy();
  });
}

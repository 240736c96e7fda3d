/**
 * A route of node:http that streams an answer. Closing the tab and pressing stop are two things: the first follows the
 * route's policy, the second always ends the answer, also one that goes on with nobody listening.
 *
 * const chat = chatRoute({ source, keep: saveAnswer, onDisconnect: 'detach' });
 * server.on('request', (request, response) => chat(request, response, answerId).catch(report));
 * stopAnswer(answerId); // the stop button's own request
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CancellationToken, isCancelled } from 'cancelscope';
import { requestScope, type RequestScopeOptions } from 'cancelscope/node';
import { generate, type GenerateOptions, type Source } from './generation.ts';

const stopButtons = new Map<string, CancellationToken>();

/** Whether there was an answer to stop. For one of another process, see `bullmq-job.ts`. */
export function stopAnswer(id: string): boolean {
  return stopButtons.get(id)?.cancel('manual', 'stop pressed') ?? false;
}

export interface ChatRouteOptions extends Pick<RequestScopeOptions, 'onDisconnect'>, Pick<GenerateOptions, 'keep'> {
  readonly source: Source;
}

export function chatRoute({ source, keep, onDisconnect = 'cancel' }: ChatRouteOptions) {
  return async (request: IncomingMessage, response: ServerResponse, id: string): Promise<void> => {
    const stop = new CancellationToken({ name: 'stop-button' });
    stopButtons.set(id, stop);
    const show = (text: string): void => {
      if (!response.destroyed) response.write(`data: ${JSON.stringify(text)}\n\n`);
    };
    try {
      await requestScope(request, response, { route: 'post:/chat', onDisconnect }, async () => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        await generate('chat', { token: stop, show, keep }, source);
      });
    } catch (error) {
      if (!isCancelled(error)) throw error;
    } finally {
      stopButtons.delete(id);
      response.end('data: [DONE]\n\n');
    }
  };
}

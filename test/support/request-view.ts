import type { Scope } from '../../src/index.ts';
import {
  type DisconnectPhase,
  type RequestOptions,
  type RequestView,
  RequestWork,
} from '../../src/middleware/http/index.ts';
import { type RecordingMonitor, type VirtualClock, virtualClock } from '../../src/testing/index.ts';
import { loopTurn } from './process-errors.ts';
import { record } from './record.ts';

/** A request without a server: its client goes away when told to. */
export function requestView(
  over: Partial<RequestView<unknown>> & { headers?: Readonly<Record<string, string>> } = {},
): RequestView<unknown> & { leave: (phase?: DisconnectPhase) => void; isWatched: () => boolean } {
  const { headers = {}, ...view } = over;
  let gone: ((phase: DisconnectPhase) => void) | undefined;
  return {
    request: 'the request',
    method: 'GET',
    httpVersion: 1,
    headerOf: (name) => headers[name],
    watch(tell) {
      gone = tell;
      return { [Symbol.dispose]: () => (gone = undefined) };
    },
    ...view,
    leave: (phase = 'before_headers') => gone?.(phase),
    isWatched: () => gone !== undefined,
  };
}

/** A request under work, on a clock of the test's own. */
export function beginRequest(
  options: RequestOptions<never> = {},
  headers: Readonly<Record<string, string>> = {},
): {
  clock: VirtualClock;
  recorded: RecordingMonitor;
  view: ReturnType<typeof requestView>;
  work: RequestWork;
  outcomes: () => unknown[];
  /** Of a request that was not given up before it began. */
  scope: Scope;
} {
  const clock = virtualClock();
  const recorded = record();
  const view = requestView({ headers });
  const work = new RequestWork('get:/orders/{id}', view, { clock, ...options });
  const outcomes = (): unknown[] => recorded.of('scopeSettled').map(({ outcome }) => outcome);
  return { clock, recorded, view, work, outcomes, scope: work.scope as Scope };
}

/** Waits for the end of a request's scope. Rejects with what is to be answered, if the request is given up. */
export async function over(work: RequestWork): Promise<void> {
  const given: unknown[] = [];
  work.onGivenUp((error) => given.push(error));
  while (work.scope !== undefined && work.scope.state !== 'settled') await loopTurn();
  await loopTurn();
  if (given.length > 0) throw given[0];
}

/**
 * Visitors: HTTP clients that use the service, each at its own pace, until they are told to stop.
 *
 * A1. Scenarios are dealt from a shuffled deck, so that all of them come up soon whatever the seed.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from './random.ts';
import { HAS_SIGUSR2, type Scenario, SCENARIOS, type Visitor } from './scenarios.ts';

const VISITORS = 6;

/** What visitors need to know. */
export interface TrafficOptions {
  readonly url: string;
  readonly seed: number;
  readonly trustedKey: string;
  /** Told of errors nobody expected. */
  readonly failed: (error: unknown) => void;
}

/** Visitors at work. */
export interface Traffic {
  /** Lets no visitor start anything more; resolves when what they have begun is over. */
  stop(): Promise<void>;
}

/** Sends the visitors in. */
export function startTraffic({ url, seed, trustedKey, failed }: TrafficOptions): Traffic {
  const random = createRandom(seed);
  let stopping = false;
  let deck: Scenario[] = [];
  const deal = (): Scenario => {
    if (deck.length === 0) deck = random.shuffled(SCENARIOS); // A1
    return deck.pop() as Scenario;
  };
  // The jobs that listen for it come and go; without anybody listening the signal would end the process.
  const ignoreSignal = (): void => {};
  if (HAS_SIGUSR2) process.on('SIGUSR2', ignoreSignal);

  const visit = async (index: number): Promise<void> => {
    const visitor: Visitor = {
      name: `visitor-${index}`,
      random,
      trustedKey,
      fetch: (path, init) => fetch(`${url}${path}`, init),
    };
    while (!stopping) {
      try {
        await deal()(visitor);
      } catch (error) {
        if (!stopping && !hasLeft(error)) failed(error);
      }
      await delay(random.between(20, 120));
    }
  };

  const visits = Promise.all(Array.from({ length: VISITORS }, (_, index) => visit(index)));
  return {
    async stop() {
      stopping = true;
      await visits;
      process.off('SIGUSR2', ignoreSignal);
    },
  };
}

/** Whether this is how a visitor goes away. */
function hasLeft(error: unknown): boolean {
  const { name } = error as Error;
  return name === 'AbortError' || name === 'TimeoutError';
}

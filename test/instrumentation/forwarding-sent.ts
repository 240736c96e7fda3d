/** A forwarding whose batches a test takes, and what is in them. */
import { onTestFinished } from 'vitest';
import { openScope } from '../../src/index.ts';
import { type EventBatch, Forwarding } from '../../src/instrumentation/index.ts';

/** All that a thread with monitors wants to hear. */
export const ALL = [
  'scopeOpened',
  'cancelRequested',
  'cancelDelivered',
  'cancelAcknowledged',
  'propagated',
  'scopeSettled',
];

/** A forwarding, and what it sent, for as long as the test runs. `takes`: says whether a batch goes out. */
export function forwarding({ takes = () => true }: { takes?: () => boolean } = {}): {
  readonly forwarding: Forwarding;
  readonly sent: EventBatch[];
} {
  const sent: EventBatch[] = [];
  const made = new Forwarding((batch) => {
    if (!takes()) return false;
    sent.push(structuredClone(batch));
    return true;
  });
  onTestFinished(() => made.want([]));
  return { forwarding: made, sent };
}

/** Opens and closes so many scopes. */
export function run(name: string, count = 1): void {
  for (let i = 0; i < count; i++) openScope(name).close();
}

/** What was sent, an event a line: the hook, and its scope's name or id. */
export function lines(sent: readonly EventBatch[]): string[] {
  return sent.flatMap(({ events }) =>
    events.map(([hook, scope]) => (typeof scope === 'object' ? `${hook} of ${scope.name}` : `${hook} of ${scope}`)),
  );
}

/** How many events were sent, or told to be dropped. */
export function count(sent: readonly EventBatch[], part: 'events' | 'dropped'): number {
  return sent.reduce((sum, batch) => sum + (part === 'events' ? batch.events.length : batch.dropped), 0);
}

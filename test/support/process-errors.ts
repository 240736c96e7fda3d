import { onTestFinished } from 'vitest';

/** Errors that reach the process (uncaught, or rejected with nobody listening) until the test is over. */
export function processErrors(): unknown[] {
  const errors: unknown[] = [];
  const keep = (error: unknown): void => void errors.push(error);
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const others = events.map((event) => process.listeners(event as 'uncaughtException'));
  for (const event of events) process.removeAllListeners(event).on(event, keep);
  onTestFinished(() => {
    for (const [index, event] of events.entries()) {
      process.removeListener(event, keep);
      for (const listener of others[index] ?? []) process.on(event, listener);
    }
  });
  return errors;
}

/** Resolves when the promise jobs and ticks that wait now, and those they start, have run. */
export function loopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

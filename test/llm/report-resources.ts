/**
 * Loaded before a program: on SIGUSR2 it prints what keeps the program running, and every timer there is, also those that
 * keep nothing running.
 */
import { createHook } from 'node:async_hooks';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const timers = new Map<number, string>();
  createHook({
    init: (id, type) => void (type === 'Timeout' && timers.set(id, new Error('timer').stack ?? '')),
    destroy: (id) => void timers.delete(id),
  }).enable();
  process.on('SIGUSR2', () => {
    const report = { running: process.getActiveResourcesInfo(), timers: [...timers.values()] };
    process.stdout.write(`<resources>${JSON.stringify(report)}</resources>`);
  });
}

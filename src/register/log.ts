/**
 * A line on stderr for each cancel that was observed, with `CANCELSCOPE_LOG=cancels`. Names and reasons only: messages may
 * hold personal data.
 */
import { registerMonitor } from '../instrumentation/index.ts';
import type { CancellationCause } from '../token/index.ts';

/** Starts it. */
export function startLog(): Disposable {
  return registerMonitor({
    name: 'log',
    scopeSettled(scope, { outcome, cause, settledAt }) {
      if (cause === undefined) return;
      const afterMs = Math.round(settledAt - scope.openedAt);
      process.stderr.write(`cancelscope: ${scope.name} ${outcome}: ${why(cause)}, after ${afterMs} ms\n`);
    },
  });
}

function why(cause: CancellationCause): string {
  const { root } = cause;
  const reason = root === cause ? cause.reason : `${cause.reason} (${root.reason} of ${root.token.name})`;
  const [where] = root.callSite?.split('\n') ?? [];
  return where === undefined ? reason : `${reason} ${where}`;
}

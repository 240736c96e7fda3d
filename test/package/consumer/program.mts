// A program of a user, only type-checked: every entry, imported.
import { CancellationToken, CancelledError, cancelScope, currentScope, registerMonitor } from 'cancelscope';
import type { CancellationCause, CancellationReason, Monitor, Scope } from 'cancelscope';
import { requestScope } from 'cancelscope/node';
import { openTelemetryMonitor } from 'cancelscope/opentelemetry';
import { prometheusMonitor } from 'cancelscope/prometheus';
import { virtualClock } from 'cancelscope/testing';

const monitor: Monitor = { name: 'mine', scopeSettled: (scope, { outcome }) => console.log(scope.name, outcome) };
registerMonitor(monitor);
registerMonitor(openTelemetryMonitor());
export { prometheusMonitor, requestScope };

const token = new CancellationToken({ name: 'stop', clock: virtualClock() });
const won: boolean = token.cancel('manual', 'enough');
const cause: CancellationCause | undefined = token.cause;
export const reason: CancellationReason | undefined = cause?.reason;

export async function work(): Promise<number> {
  const length: number = await cancelScope('work', { timeoutMs: 500 }, async (scope: Scope) => {
    scope.throwIfCancelled();
    return scope.name.length;
  });
  return won && currentScope() === undefined ? length : 0;
}

export function isOurs(error: unknown): CancellationReason | undefined {
  return error instanceof CancelledError ? error.reason : undefined;
}

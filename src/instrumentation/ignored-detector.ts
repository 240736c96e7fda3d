/**
 * Finds scopes that never looked: cancelled, yet they returned a value with no listener, no check and no rejected wait.
 */
import type { ScopeInfo, ScopeSettled } from '../token/index.ts';
import { dispatch } from './hub.ts';
import { settings } from './settings.ts';

/** Reports a scope that ended like that, if it took long enough to have had the chance. */
export function detectIgnored(scope: ScopeInfo, { outcome, cause, phases, settledAt }: ScopeSettled): void {
  if (outcome !== 'ignored' || cause === undefined || phases === undefined) return;
  if (phases.acknowledgedAt !== undefined || settledAt - phases.requestedAt < settings.ignoredMs) return;
  dispatch('scopeIgnoredCancel', scope, { cause, requestedAt: phases.requestedAt, settledAt });
}

import { expect, test } from 'vitest';
import { openScope, registry } from '../../src/index.ts';
import {
  monitorEventCounts,
  onScopeSettled,
  registeredMonitorNames,
  reportShutdownPhase,
} from '../../src/instrumentation/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { scopeInfo } from '../support/lifecycle-events.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';
import { record } from '../support/record.ts';

guardLeaks();

const DRAIN = {
  phase: 'drain',
  startedAt: 1_000,
  endedAt: 3_500,
  requests: 9,
  scopes: 7,
  requestsLeft: 2,
  scopesLeft: 0,
} as const;

test('a phase is told to monitors with the scope of its shutdown', () => {
  const recorded = record();
  const scope = openScope('shutdown');

  reportShutdownPhase(scope, DRAIN);
  scope.close();

  const told = recorded.events.find(({ hook }) => hook === 'shutdownPhaseEnded');
  expect(told).toMatchObject({ scope: 'shutdown', event: [{ id: scope.id }, DRAIN] });
});

test('a phase counts with its time in seconds, and with what it left', () => {
  const { backend, monitor } = setUpMetrics();

  monitor.shutdownPhaseEnded?.(scopeInfo('shutdown'), DRAIN);

  expect(backend.samples('cancellation_shutdown_phase_seconds{drain}')).toEqual([2.5]);
  expect(backend.samples('cancellation_shutdown_left{drain,request}')).toEqual([2]);
  expect(backend.samples('cancellation_shutdown_left{drain,scope}')).toEqual([0]);
});

test('who waits for scopes to end is called after each, is no monitor that counts, and leaves nothing', () => {
  const openThen: number[] = [];
  const countsBefore = [...monitorEventCounts()];
  const watch = onScopeSettled(() => openThen.push(registry.snapshot().length));
  const [first, second] = [openScope('first'), openScope('second')];
  first.close();
  second.close();
  const late = openScope('late');

  watch[Symbol.dispose]();
  late.close();

  expect(openThen).toEqual([1, 0]);
  expect([registeredMonitorNames(), [...monitorEventCounts()]]).toEqual([[], countsBefore]);
});

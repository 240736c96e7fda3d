import { expect, test } from 'vitest';
import { registerMonitor } from '../../src/index.ts';
import { keepEvents } from '../../src/register/early-events.ts';
import { completeObserved, openObserved } from '../../src/register/observed-scope.ts';
import { openedLate } from '../../src/register/opentelemetry.ts';
import { cancelObserved } from '../../src/register/observed-scope.ts';
import { openRequest } from '../../src/register/server-request.ts';
import { recordingMonitor } from '../../src/testing/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

test('Z17: what happens before an exporter is loaded is handed to it in order, and nothing after that', () => {
  const early = keepEvents();
  const recorded = recordingMonitor();
  const scope = openObserved('http:get', {});
  cancelObserved(scope, { reason: 'disconnect' });

  early.giveTo(recorded);
  const before = recorded.events.length;
  completeObserved(openObserved('http:post', {}));

  expect(recorded.sequence()).toEqual([
    'scopeOpened',
    'cancelRequested',
    'tokenCancelled',
    'cancelDelivered',
    'cancelAcknowledged',
    'scopeSettled',
  ]);
  expect(recorded.events).toHaveLength(before);
});

test('Z17: no more than 10,000 are kept', () => {
  const early = keepEvents();
  const recorded = recordingMonitor();
  for (let made = 0; made < 6000; made++) completeObserved(openObserved('http:get', {}));

  early.giveTo(recorded);

  expect(recorded.events).toHaveLength(10_000);
});

test('Z17: when nobody wants them, none are kept', () => {
  const early = keepEvents();
  completeObserved(openObserved('http:get', {}));
  early.drop();

  const recorded = recordingMonitor();
  early.giveTo(recorded);

  expect(recorded.events).toEqual([]);
});

test('Z16: a server’s scope is told of when its place is known; any other at once', () => {
  const recorded = recordingMonitor();
  using _off = registerMonitor(openedLate(recorded));

  const request = openRequest('GET', {});
  expect(recorded.sequence('http:get')).toEqual([]);
  const call = openObserved('outgoing:get', {});
  expect(recorded.sequence('outgoing:get')).toEqual(['scopeOpened']);
  cancelObserved(request, { reason: 'disconnect' });
  completeObserved(call);

  expect(recorded.sequence('http:get')).toEqual([
    'scopeOpened',
    'cancelDelivered',
    'cancelAcknowledged',
    'scopeSettled',
  ]);
});

import { channel, subscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test, vi } from 'vitest';
import { harmless, warn } from '../../src/register/warn.ts';
import { loopTurn, processErrors } from '../support/process-errors.ts';

function warnings(): { mock: { calls: unknown[][] } } {
  const spy = vi.spyOn(process, 'emitWarning').mockReturnValue();
  onTestFinished(() => void vi.restoreAllMocks());
  return spy;
}

test('Z3: an observer that throws harms nobody, and is said once, without what its error says', async () => {
  const said = warnings();
  const errors = processErrors();
  subscribe(
    'cancelscope:test:register',
    harmless(() => {
      throw new RangeError('secret');
    }),
  );

  for (let time = 0; time < 3; time++) channel('cancelscope:test:register').publish({});
  await loopTurn();

  expect(errors).toEqual([]);
  expect(said.mock.calls.map(([message]) => message)).toEqual([expect.stringMatching(/RangeError$/)]);
});

test('Z4: the same warning is said once', () => {
  const said = warnings();

  warn('CANCELSCOPE_TEST cannot be');
  warn('CANCELSCOPE_TEST cannot be');

  expect(said.mock.calls).toEqual([
    ['register: CANCELSCOPE_TEST cannot be', { type: 'CancelScopeWarning', code: 'CANCELSCOPE_REGISTER' }],
  ]);
});

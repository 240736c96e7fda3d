import { afterEach, describe, expect, test } from 'vitest';
import { configureTelemetry } from '../../src/index.ts';
import { settings } from '../../src/instrumentation/settings.ts';

const DEFAULTS = { slowMs: 500, ignoredMs: 100, historySize: 100 };

afterEach(() => configureTelemetry(DEFAULTS));

describe('configureTelemetry', () => {
  test('has defaults', () => {
    expect(settings).toEqual(DEFAULTS);
  });

  test('changes what it is given and leaves the rest', () => {
    configureTelemetry({ slowMs: 50 });
    configureTelemetry({ ignoredMs: Infinity });

    expect(settings).toEqual({ ...DEFAULTS, slowMs: 50, ignoredMs: Infinity });
  });

  test.each([
    ['slowMs', Number.NaN],
    ['slowMs', -1],
    ['slowMs', '50'],
    ['slowMs', null],
    ['slowMs', undefined],
    ['historySize', Number.NaN],
    ['historySize', -1],
    ['slow', 50],
  ])('refuses %s: %o by name, and changes nothing', (name, value) => {
    expect(() => configureTelemetry({ ignoredMs: 5, [name]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: name }),
    );
    expect(settings).toEqual(DEFAULTS);
  });

  test.each([undefined, null, 5])('refuses %o', (changes) => {
    expect(() => configureTelemetry(changes as never)).toThrow(expect.objectContaining({ argument: 'changes' }));
    expect(settings).toEqual(DEFAULTS);
  });
});

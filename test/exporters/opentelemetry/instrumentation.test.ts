import { context, metrics, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CancellationInstrumentation,
  type CancellationInstrumentationConfig,
} from '../../../src/exporters/opentelemetry/index.ts';
import { registeredMonitorNames, VERSION } from '../../../src/instrumentation/index.ts';
import { type MemorySdk, memorySdk } from './harness.ts';

let sdk: MemorySdk;
let made: CancellationInstrumentation[];

beforeEach(() => {
  sdk = memorySdk();
  made = [];
});

afterEach(() => {
  for (const each of made) each.disable();
  trace.disable();
  metrics.disable();
  context.disable();
});

function instrumentation(config?: CancellationInstrumentationConfig): CancellationInstrumentation {
  const each = new CancellationInstrumentation(config);
  made.push(each);
  return each;
}

describe('CancellationInstrumentation', () => {
  test('registers the monitor when an SDK enables it, and once only (I2)', () => {
    const each = instrumentation();

    const before = registeredMonitorNames();
    registerInstrumentations({ instrumentations: [each] });
    each.enable();

    expect(before).toEqual([]);
    expect(registeredMonitorNames()).toEqual(['opentelemetry']);
    expect(each.getConfig().enabled).toBe(true);
  });

  test('needs no base class to be one (I1)', () => {
    const parent: unknown = Object.getPrototypeOf(CancellationInstrumentation.prototype);

    expect(parent).toBe(Object.prototype);
  });

  test('is off until an SDK enables it, and on at once with enabled: true (I3)', () => {
    const [waiting, eager] = [instrumentation(), instrumentation({ enabled: true })];

    expect([waiting.isEnabled(), eager.isEnabled()]).toEqual([false, true]);
    expect(registeredMonitorNames()).toEqual(['opentelemetry']);
  });

  test('unregisters it, and again changes nothing (I2)', () => {
    const each = instrumentation({ enabled: true });

    each.disable();
    each.disable();

    expect(registeredMonitorNames()).toEqual([]);
    expect(each.isEnabled()).toBe(false);
  });

  test('with enabled: false is enabled by an SDK all the same (I4)', () => {
    const each = instrumentation({ enabled: false });

    registerInstrumentations({ instrumentations: [each] });

    expect(each.isEnabled()).toBe(true);
  });

  test('with mode: off stays off whoever enables it (I4)', () => {
    const each = instrumentation({ mode: 'off', enabled: true });

    registerInstrumentations({ instrumentations: [each] });
    each.enable();

    expect(registeredMonitorNames()).toEqual([]);
  });

  test('goes off when its mode does', () => {
    const each = instrumentation({ enabled: true });

    each.setConfig({ mode: 'off' });

    expect(registeredMonitorNames()).toEqual([]);
    expect(each.getConfig()).toEqual({ mode: 'off', enabled: false });
  });

  test('refuses a mode it does not know', () => {
    expect(() => instrumentation({ mode: 'sometimes' as 'on' })).toThrow('mode must be one of "on", "off"');
  });

  test('names itself and its version', () => {
    const { instrumentationName, instrumentationVersion } = instrumentation();

    expect([instrumentationName, instrumentationVersion]).toEqual(['cancelscope', VERSION]);
  });

  test('disabled by the undo function of registerInstrumentations', () => {
    const each = instrumentation();

    const undo = registerInstrumentations({ instrumentations: [each], tracerProvider: sdk.tracerProvider });
    undo();

    expect(each.isEnabled()).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { readSettings, type RegisterSettings } from '../../src/register/settings.ts';

function read(env: Record<string, string>): { settings: RegisterSettings; warnings: string[] } {
  const warnings: string[] = [];
  return { settings: readSettings(env, (message) => void warnings.push(message)), warnings };
}

const DEFAULTS: RegisterSettings = {
  http: true,
  outgoing: true,
  abort: false,
  callSites: false,
  metrics: undefined,
  openTelemetry: true,
  log: false,
};

test('with no variable set, servers and calls are observed, no method is wrapped and no port opened', () => {
  expect(read({})).toEqual({ settings: DEFAULTS, warnings: [] });
});

describe('what is asked for', () => {
  const none = { http: false, outgoing: false, abort: false };
  test.each<[Record<string, string>, Partial<RegisterSettings>]>([
    [{ CANCELSCOPE_AUTO: 'off' }, none],
    [{ CANCELSCOPE_AUTO: 'http, off' }, none],
    [{ CANCELSCOPE_AUTO: 'http' }, { outgoing: false }],
    [{ CANCELSCOPE_AUTO: ' Outgoing,abort ' }, { http: false, abort: true }],
    [{ CANCELSCOPE_AUTO: 'all' }, { abort: true }],
    [{ CANCELSCOPE_AUTO: '' }, {}],
    [{ CANCELSCOPE_METRICS_PORT: '9464' }, { metrics: { host: '127.0.0.1', port: 9464 } }],
    [{ CANCELSCOPE_METRICS_PORT: '0', CANCELSCOPE_METRICS_HOST: '::' }, { metrics: { host: '::', port: 0 } }],
    [{ CANCELSCOPE_LOG: 'cancels' }, { log: true }],
    [{ CANCELSCOPE_LOG: 'off' }, {}],
    [{ CANCELSCOPE_CALL_SITES: 'on' }, { callSites: true }],
    [{ OTEL_SDK_DISABLED: 'TRUE' }, { openTelemetry: false }],
    [{ OTEL_SDK_DISABLED: 'false' }, {}],
    [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,cancelscope' }, none],
    [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http,undici' }, {}],
  ])('%o', (env, changes) => {
    expect(read(env)).toEqual({ settings: { ...DEFAULTS, ...changes }, warnings: [] });
  });
});

describe('Z4: a value that cannot be is named with what it may be, and costs nothing else', () => {
  test.each<[Record<string, string>, Partial<RegisterSettings>, RegExp]>([
    [{ CANCELSCOPE_AUTO: 'htttp' }, {}, /CANCELSCOPE_AUTO.*"htttp".*off, all, .*http, outgoing, abort/],
    [{ CANCELSCOPE_AUTO: 'abort,spans' }, { http: false, outgoing: false, abort: true }, /CANCELSCOPE_AUTO.*"spans"/],
    [{ CANCELSCOPE_METRICS_PORT: 'nine' }, {}, /CANCELSCOPE_METRICS_PORT.*"nine".*0 to 65535/],
    [{ CANCELSCOPE_METRICS_PORT: '65536' }, {}, /CANCELSCOPE_METRICS_PORT.*"65536"/],
    [{ CANCELSCOPE_METRICS_PORT: '-1' }, {}, /CANCELSCOPE_METRICS_PORT/],
    [{ CANCELSCOPE_METRICS_PORT: '80\n' + 'x'.repeat(500) }, {}, /CANCELSCOPE_METRICS_PORT is "80\\n[x.]+"/],
    [{ CANCELSCOPE_METRICS_HOST: '0.0.0.0' }, {}, /CANCELSCOPE_METRICS_HOST.*CANCELSCOPE_METRICS_PORT/],
    [{ CANCELSCOPE_LOG: 'loud' }, {}, /CANCELSCOPE_LOG.*"loud".*off or cancels/],
    [{ CANCELSCOPE_CALL_SITES: '1' }, {}, /CANCELSCOPE_CALL_SITES.*"1".*off or on/],
  ])('%o', (env, changes, said) => {
    const { settings, warnings } = read(env);

    expect(settings).toEqual({ ...DEFAULTS, ...changes });
    expect(warnings).toEqual([expect.stringMatching(said)]);
    expect(warnings[0]?.length).toBeLessThan(250);
  });
});

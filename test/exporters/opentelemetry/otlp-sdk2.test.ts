import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OtlpReceiver, otlpReceiver } from '../../support/otlp-receiver.ts';
import { otlpEnvironment, runProgram } from '../../support/run-program.ts';
import { bundleForSdk2, installSdk2 } from '../../support/sdk2.ts';
import { EXPECTED_LOG_EVENTS, expectMetrics, expectSpans, logEvents } from './otlp-contract.ts';

let program: string;
let receiver: OtlpReceiver;

beforeAll(async () => {
  await installSdk2();
  program = await bundleForSdk2('telemetry-program.ts');
}, 300_000);

beforeEach(async () => {
  receiver = await otlpReceiver();
});

afterEach(() => receiver.close());

describe('OTLP from SDK 2 with API 1.9', () => {
  test(
    'has the spans, metrics and log events of the contract, wired as instrumentation',
    { timeout: 30_000 },
    async () => {
      await runProgram(program, ['instrumentation'], otlpEnvironment(receiver.url));

      expectSpans(receiver);
      expectMetrics(receiver);
      expect(logEvents(receiver)).toEqual(EXPECTED_LOG_EVENTS);
    },
  );

  test(
    'has the log events on the spans, wired as monitor: that API has no logs (G2)',
    { timeout: 30_000 },
    async () => {
      await runProgram(program, ['monitor'], otlpEnvironment(receiver.url));

      expectSpans(receiver);
      expectMetrics(receiver);
      const cancelled = receiver.spans.find((span) => span.name === 'fetch-rows');
      expect(cancelled?.events.map(({ name }) => name)).toEqual(['cancellation.requested', 'cancellation.settled']);
      expect(receiver.logs).toEqual([]);
    },
  );
});

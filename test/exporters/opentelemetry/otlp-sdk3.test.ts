import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OtlpReceiver, otlpReceiver } from '../../support/otlp-receiver.ts';
import { otlpEnvironment, runProgram } from '../../support/run-program.ts';
import { EXPECTED_LOG_EVENTS, expectMetrics, expectSpans, logEvents } from './otlp-contract.ts';

const PROGRAM = fileURLToPath(new URL('../../support/telemetry-program.ts', import.meta.url));

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await otlpReceiver();
});

afterEach(() => receiver.close());

describe.each(['instrumentation', 'monitor'])('OTLP from SDK 3, wired as %s', (wiring) => {
  test('has the spans, metrics and log events of the contract', { timeout: 30_000 }, async () => {
    await runProgram(PROGRAM, [wiring], otlpEnvironment(receiver.url));

    expectSpans(receiver);
    expectMetrics(receiver);
    expect(logEvents(receiver)).toEqual(EXPECTED_LOG_EVENTS);
  });
});

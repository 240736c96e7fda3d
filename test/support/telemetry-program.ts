/**
 * A small service, run in a process of its own by the OTLP tests, with whatever OpenTelemetry SDK is installed beside it.
 *
 * Its only argument says how the library is wired: `instrumentation` or `monitor`. The SDK is set up by environment.
 */
import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { CancellationInstrumentation, openTelemetryMonitor } from '../../src/exporters/opentelemetry/index.ts';
import { registerMonitor } from '../../src/instrumentation/index.ts';
import { cancelScope, type Scope } from '../../src/token/index.ts';

const byMonitor = process.argv[2] === 'monitor';
const sdk = new NodeSDK({ instrumentations: byMonitor ? [] : [new CancellationInstrumentation()] });
if (byMonitor) registerMonitor(openTelemetryMonitor());
sdk.start();

const tracer = trace.getTracer('service');
// The library's timers keep no process alive, and this one has nothing else to wait for.
const alive = setInterval(() => {}, 1_000);

/** Waits for the cancel of a scope. */
function cancelled(scope: Scope): Promise<never> {
  return scope.race(new Promise<never>(() => {}));
}

async function caught(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // it ended as it should
  }
}

await tracer.startActiveSpan('request', async (request) => {
  await cancelScope('load-report', async () => 'done');

  let opened: Scope | undefined;
  const work = caught(
    cancelScope('fetch-rows', async (outer) => {
      opened = outer;
      await cancelScope('read-page', cancelled);
    }),
  );
  tracer.startActiveSpan('stop-button', (button) => {
    opened?.cancel('manual', 'user pressed stop');
    button.end();
  });
  await work;

  await caught(cancelScope('call-model', { timeoutMs: 1 }, cancelled));
  await caught(cancelScope('charge-card', () => Promise.reject(new TypeError('declined'))));

  let finish = (): void => {};
  const stuck = new Promise<void>((resolve) => (finish = resolve));
  await caught(cancelScope('stuck-query', { timeoutMs: 1, graceMs: 1 }, () => stuck));
  finish();
  await stuck;

  request.end();
});

await sdk.shutdown();
clearInterval(alive);

import { trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { CancellationToken, cancelScope } from 'cancelscope';
import { CancellationInstrumentation } from 'cancelscope/opentelemetry';

const sdk = new NodeSDK({
  instrumentations: [new CancellationInstrumentation()],
  spanProcessors: [
    {
      onStart() {},
      onEnd: ({ name, links, attributes }) =>
        console.log(
          name,
          attributes['cancellation.root_reason'] ?? '-',
          links.map((link) => link.attributes),
        ),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
  ],
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();

const stop = new CancellationToken({ name: 'stop-button' });
const work = cancelScope('render', { token: stop }, (scope) => scope.race(new Promise(() => {})));
trace.getTracer('ui').startActiveSpan('click', (span) => {
  stop.cancel('manual', 'user pressed stop');
  span.end();
});
await work.catch(() => {});
await sdk.shutdown();

/* prints:
click - []
cancel render manual [ { 'cancellation.link.type': 'canceller' } ]
render manual []
*/

/**
 * The library, as this demo imports it: from source, so that it runs without a build. In a service of your own:
 *
 * ```ts
 * import { cancelScope, registerMonitor, taskGroup } from 'cancelscope';
 * import { requestScope } from 'cancelscope/node';
 * import { metricsHandler, prometheusMonitor } from 'cancelscope/prometheus';
 * import { CancellationInstrumentation } from 'cancelscope/opentelemetry';
 * import { shutdownScope } from 'cancelscope/shutdown';
 * ```
 */
export * from '../src/index.ts';
export { CancellationInstrumentation } from '../src/exporters/opentelemetry/index.ts';
export { metricsHandler, prometheusMonitor } from '../src/exporters/prometheus/index.ts';
export { requestScope, type RequestScopeOptions } from '../src/middleware/node/index.ts';
export { shutdownScope } from '../src/middleware/shutdown/index.ts';

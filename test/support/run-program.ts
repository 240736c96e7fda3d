/**
 * Runs a program under the Node that runs the tests, and waits for its end.
 */
import { execFile } from 'node:child_process';

/**
 * What a program printed.
 *
 * @throws when it does not exit with 0; the message has what it wrote to stderr.
 */
export function runProgram(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, NODE_OPTIONS: '', ...env } };
    execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${file} failed\n${stderr}`, { cause: error }));
    });
  });
}

/** The environment that makes an OpenTelemetry SDK send everything to `url`, as JSON. */
export function otlpEnvironment(url: string): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: 'fixture',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_NODE_RESOURCE_DETECTORS: 'none',
  };
}

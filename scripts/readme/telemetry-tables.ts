/** What the library reports, as tables: metrics, labels, attributes, log events. All from the telemetry table. */
import { ATTRIBUTES, LABELS, LOG_EVENTS, METRICS, type MetricDefinition } from '../../src/instrumentation/index.ts';
import { code, table } from './table.ts';

const SEVERITIES: Readonly<Record<number, string>> = { 5: 'DEBUG', 9: 'INFO', 13: 'WARN', 17: 'ERROR' };

export function metricTable(): string {
  const rows = Object.values<MetricDefinition>(METRICS).map((metric) => [
    `${code(metric.prometheusName)}<br>${code(metric.otelName)}`,
    metric.exemplars === true ? `${metric.type}, exemplars` : metric.type,
    metric.labels.map(code).join(', ') || '–',
    metric.help,
  ]);
  return table(['metric (Prometheus, OpenTelemetry)', 'type', 'labels', 'meaning'], rows);
}

export function labelTable(): string {
  const rows = Object.entries<readonly string[] | undefined>(LABELS).flatMap(([label, values]) =>
    values === undefined ? [] : [[code(label), values.map(code).join(', ')]],
  );
  return table(['label', 'values'], rows);
}

export function attributeTable(): string {
  return table(
    ['attribute of spans and log events'],
    Object.values(ATTRIBUTES).map((name) => [code(name)]),
  );
}

export function logTable(): string {
  const rows = Object.entries(LOG_EVENTS).map(([when, { name, severity }]) => [
    code(name),
    SEVERITIES[severity] ?? String(severity),
    when.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  ]);
  return table(['log event', 'severity', 'when'], rows);
}

/** The README with its tables and examples as the source has them now. */
import { errorTable } from './error-table.ts';
import { fillRegions } from './regions.ts';
import { attributeTable, labelTable, logTable, metricTable } from './telemetry-tables.ts';

export function renderReadme(document: string): string {
  return fillRegions(document, {
    metrics: metricTable,
    labels: labelTable,
    attributes: attributeTable,
    logs: logTable,
    errors: errorTable,
  });
}

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { prometheusMonitor } from '../../../src/exporters/prometheus/index.ts';
import { CLIENTS, OPEN_METRICS, PLAIN } from '../../support/client-packages.ts';
import { sendEveryEvent } from '../../support/every-event.ts';
import { requirement } from '../../support/installed.ts';

const promtool = requirement('promtool');

/** What promtool says against a page of metrics in plain text; empty when nothing. */
function complaintsAbout(text: string): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  if (error !== undefined) return `promtool did not run: ${error.message}`;
  return status === 0 ? `${stdout}${stderr}` : `promtool ended with ${status}: ${stdout}${stderr}`;
}

describe.each(CLIENTS)('with %s', (_, client) => {
  test.skipIf(promtool.skip)(`promtool has nothing against the plain text${promtool.note}`, async () => {
    const registry = new client.Registry(PLAIN);
    sendEveryEvent(prometheusMonitor({ registry }), 'load-report');

    const complaints = complaintsAbout(await registry.metrics());

    expect(complaints).toBe('');
  });

  test.skipIf(promtool.skip)(`nor after a scrape in OpenMetrics${promtool.note}`, async () => {
    const registry = new client.Registry(OPEN_METRICS);
    sendEveryEvent(prometheusMonitor({ registry }), 'load-report');
    await registry.metrics();
    registry.setContentType(PLAIN);

    const complaints = complaintsAbout(await registry.metrics());

    expect(complaints).toBe('');
  });
});

test.skipIf(promtool.skip)(`promtool does complain of a bad page${promtool.note}`, () => {
  const complaints = complaintsAbout('# TYPE cancels counter\ncancels 1\n');

  expect(complaints).toContain('counter metrics should have "_total" suffix');
});

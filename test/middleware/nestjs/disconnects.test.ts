import { test } from 'vitest';
import { expectDisconnectsCounted } from '../../support/disconnect-load.ts';
import { disconnectTable } from '../../support/disconnect-table.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { startNestOrders } from '../../support/nest-orders.ts';
import { NEST_PLATFORMS } from '../../support/nest-server.ts';

guardLeaks();
guardUnhandled();

for (const platform of NEST_PLATFORMS) {
  disconnectTable(`Nest on ${platform}`, startNestOrders(platform), { http2: platform === 'fastify' });
}

test.each(NEST_PLATFORMS)(
  'Nest on %s: of 1,000 requests, the cancels counted are the disconnects made (H1, H2)',
  async (platform) => expectDisconnectsCounted(startNestOrders(platform), 1_000),
  20_000,
);

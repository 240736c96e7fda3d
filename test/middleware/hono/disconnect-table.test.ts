import { disconnectTable } from '../../support/disconnect-table.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startHono } from '../../support/hono-server.ts';

guardLeaks();

disconnectTable('Hono', startHono, { http2: true });

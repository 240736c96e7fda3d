import { disconnectTable } from '../../support/disconnect-table.ts';
import { startFastify } from '../../support/fastify-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';

guardLeaks();

disconnectTable('Fastify', startFastify, { http2: true });

import { disconnectTable } from '../../support/disconnect-table.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startKoa } from '../../support/koa-server.ts';

guardLeaks();

disconnectTable('Koa', startKoa, { http2: true });

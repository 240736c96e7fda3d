import { test } from 'vitest';
import { expressCancellation } from '../../../src/middleware/express/index.ts';
import { expectDisconnectsCounted } from '../../support/disconnect-load.ts';
import { EXPRESS_MAJORS, listen } from '../../support/express-server.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';

guardLeaks();
guardUnhandled();

test.each(EXPRESS_MAJORS)(
  'Express $major: of 1,000 requests, the cancels counted are the disconnects made (H1, H2)',
  async ({ express }) => {
    await expectDisconnectsCounted((handle) => {
      const app = express();
      app.use(expressCancellation());
      app.all('/orders/:id', (request, response) => handle({ request, response }));
      return listen(app);
    }, 1_000);
  },
  20_000,
);

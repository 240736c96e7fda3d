import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installNodes, triedNodes } from '../package/nodes.ts';
import { run } from '../package/run.ts';

const PROGRAM = join(import.meta.dirname, 'delivery-program.ts');

beforeAll(installNodes, 300_000);

describe('T10: the collector takes no cancel away', () => {
  test.each(triedNodes)(
    'on Node $version, 200 of 200 deadlines fire and 0 of 50 aborts are forgotten',
    { timeout: 60_000 },
    async ({ version, binary }) => {
      // Node 22 strips types by default from 22.18 on, and says so on stderr.
      const flags = version.startsWith('22.') ? ['--experimental-strip-types'] : [];

      const printed = await run(binary, ['--expose-gc', ...flags, PROGRAM], import.meta.dirname);

      expect(JSON.parse(printed)).toEqual({ fired: 200, forgotten: 0 });
    },
  );
});

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasPromtool } from '../../dashboards/check/promtool.ts';
import { DASHBOARDS_FOLDER } from './dashboard-file.ts';

const FOLDER = join(DASHBOARDS_FOLDER, 'rules/tests');

/** Three days of samples take a while on a busy machine. */
const WITHIN_MS = 180_000;

test.for(readdirSync(FOLDER))(
  '%s: the committed rules do what its cases say (R12)',
  { timeout: WITHIN_MS },
  (file, { skip }) => {
    skip(!hasPromtool() && process.env['CI'] === undefined, 'promtool is not installed: apt-get install prometheus');

    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(FOLDER, file)], {
      encoding: 'utf8',
    });

    expect({ status, said: `${stdout}${stderr}` }).toMatchObject({
      status: 0,
      said: expect.stringContaining('SUCCESS'),
    });
  },
);

/** Brings the generated regions of README.md up to date: `npm run readme`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReadme } from './readme/render.ts';

const file = join(import.meta.dirname, '../README.md');

writeFileSync(file, renderReadme(readFileSync(file, 'utf8')));

/** Writes every dashboard beside this file: `npm run dashboards`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allDashboards, toFileText } from './source/index.ts';

for (const [file, dashboard] of allDashboards()) {
  writeFileSync(join(import.meta.dirname, file), toFileText(dashboard));
  console.log(`wrote dashboards/${file}`);
}

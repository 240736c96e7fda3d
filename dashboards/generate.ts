/** Writes every dashboard, and the rules, beside this file: `npm run dashboards`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rulesFile } from '../src/cli/rules/index.ts';
import { allDashboards, toFileText } from './source/index.ts';

for (const [file, dashboard] of allDashboards()) {
  writeFileSync(join(import.meta.dirname, file), toFileText(dashboard));
  console.log(`wrote dashboards/${file}`);
}

writeFileSync(join(import.meta.dirname, 'cancelscope.rules.yaml'), rulesFile());
console.log('wrote dashboards/cancelscope.rules.yaml');

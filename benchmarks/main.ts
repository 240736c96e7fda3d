/** Measures every row against its competitors: `npm run bench`. Exits with 1 when a target is missed. */
import { writeFileSync } from 'node:fs';
import { libraryNote } from './library.ts';
import { options } from './options.ts';
import { footer, header, jsonOf, linesOf } from './report.ts';
import { type Result, run } from './run.ts';
import { ROWS } from './rows/index.ts';

const selected = ROWS.filter(
  ({ name }) => options.rows.length === 0 || options.rows.some((part) => name.toLowerCase().includes(part)),
);

// Parents with a million children are the point here.
process.removeAllListeners('warning');
process.on('warning', (warning: Error & { code?: string }) => {
  if (warning.code !== 'CANCELSCOPE_CHILD_LEAK') console.warn(warning);
});

console.log(header(libraryNote));
const results: Result[] = [];
for (const row of selected) {
  const result = await run(row);
  results.push(result);
  for (const line of linesOf(result)) console.log(line);
}
console.log(footer(results));
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(jsonOf(results), null, 2)}\n`);
process.exitCode = selected.length > 0 && results.every(({ met }) => met) ? 0 : 1;

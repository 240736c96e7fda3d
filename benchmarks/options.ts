/** What the command line asks for. */
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    library: { type: 'string' },
  },
});

/** `--row NAME` (part of a name, repeatable), `--quick`, `--json FILE`, `--library FOLDER` (another build than dist). */
export const options = {
  rows: values.row.map((name) => name.toLowerCase()),
  quick: values.quick,
  json: values.json,
  library: values.library,
} as const;

/** Every row, in the order of the table of targets. */
import type { Row } from '../row.ts';
import { bytesRows } from './bytes.ts';
import { elsewhereRows } from './elsewhere.ts';
import { flagRows, sharedFlagRows } from './flag.ts';
import { httpRows } from './http.ts';
import { linkRows } from './links.ts';
import { listenerRows } from './listeners.ts';
import { monitorRows } from './monitors.ts';
import { scopeRows } from './scope.ts';
import { threadRows } from './threads.ts';
import { tokenRows } from './token.ts';
import { treeRows } from './tree.ts';

export const ROWS: readonly Row[] = [
  ...tokenRows,
  ...listenerRows,
  ...flagRows,
  ...linkRows,
  ...treeRows,
  ...bytesRows,
  ...scopeRows,
  ...monitorRows,
  ...sharedFlagRows,
  ...threadRows,
  ...httpRows,
  ...elsewhereRows,
];

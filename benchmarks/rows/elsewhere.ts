/** Rows that need another process or server. */
import type { Row } from '../row.ts';

const CASES = {
  'Redis cancel p50': 'a cancel on another host',
} as const;

export const elsewhereRows: readonly Row[] = Object.entries(CASES).map(([name, standsFor]) => ({
  kind: 'elsewhere',
  name,
  standsFor,
  where: 'not in this process: other issue',
}));

/** Rows that need another thread, process or server. */
import type { Row } from '../row.ts';

const CASES = {
  'cross-thread wake p50': 'a cancel on another thread that waits for it',
  'cross-thread attach per token': 'handing a token to a worker',
  'blocked worker': 'a worker inside Atomics.wait that must be stopped',
  'Redis cancel p50': 'a cancel on another host',
} as const;

export const elsewhereRows: readonly Row[] = Object.entries(CASES).map(([name, standsFor]) => ({
  kind: 'elsewhere',
  name,
  standsFor,
  where: 'not in this process: other issue',
}));

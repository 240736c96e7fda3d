/** What a thread with a short life is started with. */
import type { SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';

/** How its life ends; `busy` and `blocked` go on until it is terminated. */
export const ENDS = ['return', 'exit', 'throw', 'reject', 'busy', 'blocked'] as const;

/** What a mortal is given. */
export interface Mortal {
  readonly handles: readonly SharedTokenHandle[];
  /** For each handle: 1 when a mortal has cancelled it, and was told that it won. */
  readonly won: Int32Array;
  readonly seed: number;
  readonly end: (typeof ENDS)[number];
}

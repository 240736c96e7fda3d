/**
 * Rows: what is measured against what, and how far off it may be.
 *
 * R1. A target is a ratio of costs taken in the same round of the same run, never a number of nanoseconds.
 * R2. Each target states its tolerance and why it has one; a ratio beyond target and tolerance fails the run.
 */

/** The name our own contender has in every row. */
export const OURS = 'cancelscope';

/** Does the work so many times; what it gives back is kept. */
export type Work = (times: number) => unknown;

/** Somebody who does the same work. */
export interface Contender {
  readonly name: string;
  /** Gets ready, untimed: once, or with {@link operations} before each batch. Gives what is timed. */
  readonly ready: () => Work;
  /** For work that comes in one piece and uses up what was made ready: how many operations one call is. */
  readonly operations?: number;
  /** What must be in place while it works: set up before each batch, disposed after. The work is done once in between. */
  readonly during?: () => Disposable;
}

/** Costs of one round, by contender: ns or bytes an operation. */
export type Costs = Readonly<Record<string, number>>;

/** What a row promises. */
export interface Target {
  /** What our cost is divided by, in words. */
  readonly against: string;
  readonly atMost: number;
  /** A share of `atMost` by which it may be missed (R2). */
  readonly tolerance: number;
  readonly because: string;
  /** The ratio of one round (R1). */
  readonly ratio: (costs: Costs) => number;
}

/** What all rows have. */
interface RowBase {
  /** The case, as in the table of targets. */
  readonly name: string;
  /** What it stands for in a service. */
  readonly standsFor: string;
}

/** Time an operation takes. */
export interface TimeRow extends RowBase {
  readonly kind: 'time';
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
  /** What must be in place for the whole row, as in a service that never takes it away. */
  readonly during?: () => Disposable;
  /** Fewer rounds than usual, for work that takes long. */
  readonly rounds?: number;
}

/** Heap an object holds, or an operation leaves behind. */
export interface BytesRow extends RowBase {
  readonly kind: 'bytes';
  readonly contenders: readonly {
    readonly name: string;
    /** Does it `count` times and gives what must stay alive. */
    readonly keep: (count: number) => unknown;
  }[];
  readonly count: number;
  readonly targets: readonly Target[];
}

/** Who takes samples, and lets go of what that needs. */
export interface Field extends AsyncDisposable {
  /** Has a contender do its work once. @returns The ns that took. */
  readonly sample: (contender: string) => number | Promise<number>;
}

/** Time that is read on several threads, one operation at a time. */
export interface SampleRow extends RowBase {
  readonly kind: 'samples';
  readonly contenders: readonly string[];
  readonly targets: readonly Target[];
  /** Fewer rounds than usual, for samples that take long. */
  readonly rounds?: number;
  /** Starts the other threads. */
  readonly start: () => Promise<Field>;
}

/** Something that must hold whatever it costs. */
export interface CheckRow extends RowBase {
  readonly kind: 'check';
  /** What must hold, in words. */
  readonly expected: string;
  /** What was found; equal to `expected` if it holds. */
  readonly check: () => string;
}

/** A row measured elsewhere. */
export interface ElsewhereRow extends RowBase {
  readonly kind: 'elsewhere';
  readonly where: string;
}

export type Row = TimeRow | BytesRow | SampleRow | CheckRow | ElsewhereRow;

/** How far off, and why. */
export interface Slack {
  readonly tolerance: number;
  readonly because: string;
}

/** For rows whose ratios come out alike in every run. */
export const STEADY: Slack = {
  tolerance: 0.1,
  because: 'medians of paired rounds move by a few percent from run to run',
};

/** For rows that allocate so much that the garbage collector takes part. */
export const COLLECTED: Slack = { tolerance: 0.15, because: 'which contender a collection falls on is chance' };

/** A target of our cost over a contender's. */
export function against(contender: string, atMost: number, slack: Slack = STEADY): Target {
  return {
    against: contender,
    atMost,
    ...slack,
    ratio: (costs) => (costs[OURS] as number) / (costs[contender] as number),
  };
}

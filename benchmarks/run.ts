/** Running one row, and judging it. */
import { measureBytes, measureSamples, measureTime, quantile, type Spread, spreadOf } from './measure.ts';
import { options } from './options.ts';
import type { Costs, Row, Target } from './row.ts';

const ROUNDS = { time: 200, bytes: 5, samples: 120 };
const QUICK_ROUNDS = { time: 40, bytes: 2, samples: 25 };

/** A target, and what came of it. */
export interface Verdict {
  readonly target: Target;
  readonly ratio: Spread;
  /** Met, missed by no more than its tolerance, or missed. */
  readonly verdict: 'ok' | 'near' | 'MISSED';
}

/** A row, and what came of it. */
export interface Result {
  readonly row: Row;
  /** By contender; ns or bytes an operation. */
  readonly costs: ReadonlyMap<string, Spread>;
  /** By contender, where single operations were timed: the 99th percentile, ns. */
  readonly tails?: ReadonlyMap<string, number>;
  readonly verdicts: readonly Verdict[];
  /** What a check found. */
  readonly found?: string;
  readonly met: boolean;
}

/** Measures a row. */
export async function run(row: Row): Promise<Result> {
  const none = { row, costs: new Map<string, Spread>(), verdicts: [] };
  const usual = options.quick ? QUICK_ROUNDS : ROUNDS;
  switch (row.kind) {
    case 'elsewhere':
      return { ...none, met: true };
    case 'check': {
      const found = row.check();
      return { ...none, found, met: found === row.expected };
    }
    case 'time':
      return judge(row, row.targets, await measureTime(row, Math.min(usual.time, row.rounds ?? Infinity)));
    case 'bytes':
      return judge(row, row.targets, await measureBytes(row, usual.bytes));
    case 'samples': {
      const { rounds, all } = await measureSamples(row, Math.min(usual.samples, row.rounds ?? Infinity));
      const tails = new Map([...all].map(([name, samples]) => [name, quantile(samples, 0.99)]));
      return { ...judge(row, row.targets, rounds), tails };
    }
  }
}

function judge(row: Row, targets: readonly Target[], rounds: readonly Costs[]): Result {
  const names = Object.keys(rounds[0] ?? {});
  const costs = new Map(names.map((name) => [name, spreadOf(rounds.map((round) => round[name] as number))]));
  const verdicts = targets.map((target): Verdict => {
    const ratio = spreadOf(rounds.map(target.ratio));
    return { target, ratio, verdict: verdictOf(ratio.median, target) };
  });
  return { row, costs, verdicts, met: verdicts.every(({ verdict }) => verdict !== 'MISSED') };
}

function verdictOf(ratio: number, { atMost, tolerance }: Target): Verdict['verdict'] {
  if (ratio <= atMost) return 'ok';
  return ratio <= atMost * (1 + tolerance) ? 'near' : 'MISSED';
}

/** The table: one line a target, in the order of the rows, printed as results come. */
import { styleText } from 'node:util';
import { OURS, type Row } from './row.ts';
import type { Result, Verdict } from './run.ts';

const WIDTHS = { name: 40, ours: 12, against: 34, theirs: 12, ratio: 8, spread: 15, target: 8 };
const COLOURS = { ok: 'green', near: 'yellow', MISSED: 'red', '': 'dim' } as const;

interface Line {
  readonly name?: string;
  readonly ours?: string;
  readonly against: string;
  readonly theirs?: string;
  readonly ratio?: string;
  readonly spread?: string;
  readonly target?: string;
  readonly verdict?: keyof typeof COLOURS;
}

function lineOf({
  name = '',
  ours = '',
  against,
  theirs = '',
  ratio = '',
  spread = '',
  target = '',
  verdict = '',
}: Line): string {
  const text = [
    name.padEnd(WIDTHS.name),
    ours.padStart(WIDTHS.ours),
    `  ${against.padEnd(WIDTHS.against)}`,
    theirs.padStart(WIDTHS.theirs),
    ratio.padStart(WIDTHS.ratio),
    spread.padStart(WIDTHS.spread),
    target.padStart(WIDTHS.target),
    `  ${styleText(COLOURS[verdict], verdict)}`,
  ].join('');
  return verdict === '' ? styleText('dim', text.trimEnd()) : text.trimEnd();
}

/** What stands above the table. */
export function header(library: string): string {
  const columns = {
    name: 'case',
    ours: OURS,
    against: 'against',
    theirs: 'its cost',
    ratio: 'ratio',
    spread: 'quartiles',
    target: 'target',
  };
  return `${library}; node ${process.version}; medians over interleaved rounds\n\n${lineOf(columns)}`;
}

/** A number with three digits that count. */
function short(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : 2);
}

function costOf({ kind }: Row, cost: number | undefined): string {
  if (cost === undefined) return '';
  if (kind === 'bytes') return `${short(cost)} B`;
  if (cost >= 1e6) return `${short(cost / 1e6)} ms`;
  return cost >= 1e4 ? `${short(cost / 1e3)} µs` : `${short(cost)} ns`;
}

function shareOf(ratio: number): string {
  return ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2);
}

function verdictLine({ row, costs }: Result, { target, ratio, verdict }: Verdict): Line {
  return {
    against: target.against,
    theirs: costOf(row, costs.get(target.against)?.median),
    ratio: shareOf(ratio.median),
    spread: `${shareOf(ratio.low)}–${shareOf(ratio.high)}`,
    target: `≤ ${target.atMost}`,
    verdict,
  };
}

function untargetedLine(row: Row, name: string, cost: number, ours: number | undefined): Line {
  const ratio = ours === undefined || cost < 1 ? {} : { ratio: shareOf(ours / cost) };
  return { against: `(${name})`, theirs: costOf(row, cost), ...ratio };
}

/** The 99th percentiles: not judged, for it is mostly the machine that makes them. */
function tailLines(row: Row, tails: ReadonlyMap<string, number> = new Map()): string[] {
  const ours = tails.get(OURS);
  return [...tails]
    .filter(([name]) => name !== OURS)
    .map(([name, tail], index) =>
      lineOf({
        ...(index === 0 && { name: '  p99', ours: costOf(row, ours) }),
        ...untargetedLine(row, name, tail, ours),
      }),
    );
}

/** The lines of one row: its targets, then contenders without one. */
export function linesOf(result: Result): string[] {
  const { row, costs, tails, verdicts, found, met } = result;
  const lines = linesOfKind();
  return [
    ...lines.map((line, index) =>
      lineOf(index === 0 ? { name: row.name, ours: costOf(row, costs.get(OURS)?.median), ...line } : line),
    ),
    ...tailLines(row, tails),
  ];

  function linesOfKind(): Line[] {
    if (row.kind === 'elsewhere') return [{ against: row.where }];
    if (row.kind === 'check') return [{ against: found ?? '', verdict: met ? 'ok' : 'MISSED' }];
    const targeted = new Set([OURS, ...verdicts.map(({ target }) => target.against)]);
    const rest = [...costs].filter(([name]) => !targeted.has(name));
    return [
      ...verdicts.map((verdict) => verdictLine(result, verdict)),
      ...rest.map(([name, { median }]) => untargetedLine(row, name, median, costs.get(OURS)?.median)),
    ];
  }
}

/** What stands below the table. */
export function footer(results: readonly Result[]): string {
  const verdicts = results.flatMap((result) => result.verdicts);
  const missed = results.filter(({ met }) => !met);
  const near = results.filter((result) => result.met && result.verdicts.some(({ verdict }) => verdict === 'near'));
  return [
    '',
    `${results.length} rows, ${verdicts.length} targets`,
    ...near.map(({ row }) => `near, within its tolerance: ${row.name}`),
    ...missed.map(({ row }) => `MISSED: ${row.name}`),
  ].join('\n');
}

/** The results as plain data. */
export function jsonOf(results: readonly Result[]): unknown {
  return results.map(({ row, costs, tails, verdicts, found, met }) => ({
    name: row.name,
    standsFor: row.standsFor,
    unit: row.kind === 'bytes' ? 'B' : 'ns',
    costs: Object.fromEntries(costs),
    ...(tails !== undefined && { p99: Object.fromEntries(tails) }),
    targets: verdicts.map(({ target: { against, atMost, tolerance, because }, ratio, verdict }) => ({
      against,
      atMost,
      tolerance,
      because,
      ratio,
      verdict,
    })),
    found,
    met,
  }));
}

/**
 * Colours of what a label may say, so that a reason or an outcome looks alike in every graph, and a bad one looks bad.
 *
 * CO1. Every value of a closed label has a colour of its own; a new value breaks the build until it has one.
 * CO2. Names of scopes are open: their colour comes from the name, so that it is the same everywhere, and two may share one.
 */
import type { LABELS, LabelName } from '../../src/instrumentation/index.ts';

type Closed = {
  [L in LabelName]: (typeof LABELS)[L] extends readonly string[] ? L : never;
}[LabelName];
type ColorsOf<L extends Closed> = Readonly<Record<((typeof LABELS)[L] & readonly string[])[number], string>>;

const REASONS: ColorsOf<'reason'> = {
  manual: 'blue',
  timeout: 'orange',
  deadline: 'yellow',
  disconnect: 'light-blue',
  parent: '#8e8e99',
  sibling: 'purple',
  superseded: 'light-purple',
  shutdown: 'dark-red',
  signal: 'light-red',
  condition: 'green',
  error: 'red',
  abort: 'dark-green',
  _OTHER: '#5a5a66',
};

const OUTCOMES: ColorsOf<'outcome'> = {
  completed: 'dark-green',
  cancelled: 'blue',
  failed: 'purple',
  ignored: 'orange',
  abandoned: 'red',
};

const BOUNDARIES: ColorsOf<'boundary'> = { local: 'blue', thread: 'yellow', process: 'purple', network: 'green' };

const KINDS: ColorsOf<'kind'> = { discarded: 'blue', after_cancel: 'orange' };

/** How a task in a worker ended. */
const STEPS: ColorsOf<'step'> = {
  returned: 'dark-green',
  threw: 'purple',
  stopped: 'blue',
  terminated: 'red',
  exited: 'orange',
};

/** Of cancels, calls and events: what came of them. */
const RESULTS: Readonly<Record<string, string>> = {
  accepted: 'blue',
  redundant: 'light-purple',
  late: 'yellow',
  delivered: 'green',
  dropped: 'red',
};

const COLORS: Partial<Readonly<Record<LabelName, Readonly<Record<string, string>>>>> = {
  reason: REASONS,
  outcome: OUTCOMES,
  boundary: BOUNDARIES,
  kind: KINDS,
  step: STEPS,
  result: RESULTS,
};

/** The colours of series that this legend names; nothing where it names them by anything else than one such label. */
export function colorsFor(legend: string): readonly (readonly [name: string, color: string])[] {
  const [, label = ''] = /^\{\{(\w+)\}\}$/.exec(legend) ?? [];
  return Object.entries(COLORS[label as LabelName] ?? {});
}

/** Rules about a dashboard as a file. */
import { each, type Complaint, type Dashboard, type Rule } from '../rule.ts';

const VISIBLE_MAX = 15;
const QUERIES_MAX = 4;
const REFRESH_SECONDS_MIN = 30;
const NOISE = ['id', '__inputs', '__requires', '__elements', 'iteration', 'version'];
const SECONDS = { s: 1, m: 60, h: 3_600 } as const;

export const FILE_RULES: readonly Rule[] = [
  {
    id: 'D01',
    severity: 'error',
    what: 'A dashboard has a title and a uid of its own, which names its file.',
    check: each(function* ({ file, json: { title, uid } }, { dashboards }) {
      if (title === '') yield ['', 'has no title'];
      if (file !== `${uid}.json`) yield ['', `is named by another uid than its own, ${uid}`];
      if (dashboards.filter(({ json }) => json.uid === uid).length > 1) yield ['', `shares its uid ${uid}`];
    }),
  },
  {
    id: 'D02',
    severity: 'error',
    what: 'It is not edited in place, and holds nothing of one installation.',
    check: each(function* ({ json }) {
      if (json.editable) yield ['', 'is editable'];
      for (const key of NOISE.filter((name) => name in json))
        yield ['', `holds ${key}, which belongs to one installation`];
    }),
  },
  {
    id: 'D26',
    severity: 'error',
    what: 'It is committed byte for byte as generated, and so are the rules.',
    check: ({ dashboards, alerting, generated }) => {
      const committed = new Map([...dashboards, alerting].map(({ file, text }) => [file, text]));
      const files = new Set([...committed.keys(), ...generated.keys()]);
      return [...files]
        .filter((file) => committed.get(file) !== generated.get(file))
        .map((file) => ({ file, message: 'is not what `npm run dashboards` writes' }));
    },
  },
  {
    id: 'D27',
    severity: 'warning',
    what: 'It opens with 15 panels at most, asks 4 queries a panel at most, and not more often than every 30 s.',
    check: each(function* (dashboard) {
      const visible = dashboard.json.panels.filter(({ type }) => type !== 'row').length;
      if (visible > VISIBLE_MAX) yield ['', `opens with ${visible} panels`];
      yield* manyQueries(dashboard);
      const [, digits, unit] = /^(\d+)([smh])$/.exec(dashboard.json.refresh) ?? [];
      const seconds = Number(digits) * SECONDS[(unit ?? 's') as keyof typeof SECONDS];
      if (!(seconds >= REFRESH_SECONDS_MIN)) yield ['', `refreshes every ${dashboard.json.refresh}`];
    }),
  },
];

function manyQueries({ panels }: Dashboard): Complaint[] {
  return panels
    .map(({ title, targets = [] }) => [title, targets.length] as const)
    .filter(([, count]) => count > QUERIES_MAX)
    .map(([title, count]) => [title, `asks ${count} queries`]);
}

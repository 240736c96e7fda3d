/**
 * What visitors do. Each scenario is one way of using the service, most of them impatient.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.ts';

/** One visitor: who it is, and how it asks. */
export interface Visitor {
  readonly name: string;
  readonly random: Random;
  /** What the service trusts it by. */
  readonly trustedKey: string;
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

/** Something a visitor does. Rejects with an AbortError or TimeoutError when it goes away. */
export type Scenario = (visitor: Visitor) => Promise<void>;

/** Asks, and reads the whole answer. */
async function ask({ fetch }: Visitor, path: string, init?: RequestInit): Promise<void> {
  const response = await fetch(path, init);
  await response.text();
}

/** Asks, and goes away after `afterMs`. */
function leave(visitor: Visitor, afterMs: number, path: string, init: RequestInit = {}): Promise<void> {
  return ask(visitor, path, { ...init, signal: AbortSignal.timeout(afterMs) });
}

/** Starts a job and gives its id. */
async function startJob({ fetch }: Visitor, kind: string): Promise<string> {
  const response = await fetch(`/jobs?kind=${kind}`, { method: 'POST' });
  return ((await response.json()) as { id: string }).id;
}

const readsReport: Scenario = (visitor) => ask(visitor, `/reports/7?upstream=${visitor.random.between(10, 120)}`);

const waitsForSlowReport: Scenario = (visitor) => ask(visitor, '/reports/8?upstream=400');

const leavesReport: Scenario = (visitor) => leave(visitor, visitor.random.between(20, 90), '/reports/9?upstream=180');

const bringsBudget: Scenario = (visitor) =>
  ask(visitor, '/reports/10?upstream=180', {
    headers: { 'x-budget-ms': String(visitor.random.between(60, 120)), 'x-trusted': visitor.trustedKey },
  });

const typesSearch: Scenario = async (visitor) => {
  const searches: Promise<void>[] = [];
  for (const q of ['c', 'ca', 'can']) {
    searches.push(ask(visitor, `/search?q=${q}&upstream=70`, { headers: { 'x-client': visitor.name } }));
    await delay(visitor.random.between(15, 40));
  }
  await Promise.all(searches);
};

const opensOverview: Scenario = (visitor) => ask(visitor, '/overview?upstream=50');

const opensBrokenOverview: Scenario = (visitor) => ask(visitor, '/overview?upstream=80&failing=prices');

const leavesOverview: Scenario = (visitor) => leave(visitor, visitor.random.between(20, 60), '/overview?upstream=120');

const watchesFeed: Scenario = (visitor) => ask(visitor, '/feed?items=8');

const leavesFeed: Scenario = (visitor) => leave(visitor, visitor.random.between(60, 160), '/feed?items=40');

const waitsForLegacy: Scenario = (visitor) => ask(visitor, `/legacy/3?query=${visitor.random.between(900, 1_800)}`);

const exportsRows: Scenario = (visitor) => ask(visitor, `/export?work=${visitor.random.between(250, 550)}`);

const asksThumbnail: Scenario = (visitor) => ask(visitor, `/thumbnails/5?busy=${visitor.random.between(25, 60)}`);

const leavesRender: Scenario = (visitor) => leave(visitor, visitor.random.between(300, 500), '/renders/4?work=2000');

const leavesDeafRender: Scenario = (visitor) => leave(visitor, 400, '/renders/4?work=2000&deaf=1');

const orders: Scenario = (visitor) => ask(visitor, '/orders?commit=60', { method: 'POST' });

const leavesOrder: Scenario = (visitor) =>
  leave(visitor, visitor.random.between(30, 70), '/orders?commit=130', { method: 'POST' });

const stopsJob: Scenario = async (visitor) => {
  const id = await startJob(visitor, 'plain');
  await delay(visitor.random.between(20, 60));
  const stop = (): Promise<void> => ask(visitor, `/jobs/${id}`, { method: 'DELETE' });
  await stop();
  await stop(); // impatient: redundant
  await delay(150);
  await stop(); // late
};

const leavesJobAlone: Scenario = async (visitor) => {
  for (const kind of visitor.random.shuffled(['quota', 'abort', 'queue'])) await startJob(visitor, kind);
};

const signalsJob: Scenario = async (visitor) => {
  await startJob(visitor, 'signal');
  await delay(40);
  process.kill(process.pid, 'SIGUSR2');
};

const rollsOut: Scenario = (visitor) => ask(visitor, '/rollouts', { method: 'POST' });

/** Windows has none. */
export const HAS_SIGUSR2 = process.platform !== 'win32';

/** One of each, the common ones more often. */
export const SCENARIOS: readonly Scenario[] = [
  readsReport,
  readsReport,
  readsReport,
  readsReport,
  readsReport,
  waitsForSlowReport,
  leavesReport,
  leavesReport,
  leavesReport,
  bringsBudget,
  typesSearch,
  typesSearch,
  opensOverview,
  opensOverview,
  opensBrokenOverview,
  leavesOverview,
  watchesFeed,
  leavesFeed,
  leavesFeed,
  waitsForLegacy,
  exportsRows,
  asksThumbnail,
  leavesRender,
  leavesDeafRender,
  orders,
  leavesOrder,
  stopsJob,
  leavesJobAlone,
  rollsOut,
  ...(HAS_SIGUSR2 ? [signalsJob] : []),
];

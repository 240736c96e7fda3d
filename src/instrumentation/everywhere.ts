/**
 * The registry beyond this thread: scopes of other threads and processes, listed and cancelled from anywhere.
 *
 * Y3. Threads and processes form a tree (workers under their main thread, children under their parent), so a question
 *     goes to every neighbour but the one it came from, and each isolate is asked once.
 * Y4. Whoever does not answer in time is named as unreachable, never waited for: a busy thread answers nothing.
 */
import {
  type CancellationReason,
  checkedMs,
  isCancellationReason,
  type Origin,
  sharedSlot,
  systemClock,
  thisOrigin,
} from '../token/index.ts';
import { cancelHere, type CancelResult, registry, type ScopeSnapshot } from './registry.ts';

/** An open scope, and where it runs. */
export interface PlacedScope extends ScopeSnapshot {
  readonly origin: Origin;
}

/** What is open on all threads and processes that answered. */
export interface ScopesEverywhere {
  readonly scopes: readonly PlacedScope[];
  /** Who did not answer in time. */
  readonly unreachable: readonly string[];
}

/** What one isolate asks another. */
export type RegistryQuestion =
  | { readonly about: 'scopes'; readonly withinMs: number }
  | {
      readonly about: 'cancel';
      readonly withinMs: number;
      readonly id: string;
      readonly reason: CancellationReason;
      readonly message?: string | undefined;
      /** Who wants it cancelled; the asker itself has none. */
      readonly origin?: Origin;
    };

/** Another thread or process. */
export interface RegistryPeer {
  /** What it is called in `unreachable`. */
  readonly label: string;
  /** Resolves with its answer; rejects when there will be none. */
  ask(question: RegistryQuestion): Promise<unknown>;
}

/** Options of questions to all. */
export interface EverywhereOptions {
  /** How long to wait for an answer, in ms; default 1000. */
  readonly withinMs?: number;
}

const peers = sharedSlot('registry peers', () => new Set<RegistryPeer>());

/** Takes a neighbour on; dispose when it is gone. */
export function addRegistryPeer(peer: RegistryPeer): Disposable {
  peers.add(peer);
  return { [Symbol.dispose]: () => void peers.delete(peer) };
}

/** What this isolate and everyone behind it has to say to `asker`'s question. Rejects when it makes no sense. */
export async function answer(
  question: RegistryQuestion,
  asker?: RegistryPeer,
): Promise<ScopesEverywhere | CancelAnswer> {
  return question.about === 'cancel' ? cancelById(question, asker) : allScopes(question, asker);
}

/** What became of a cancel by id, and who did not answer. */
export interface CancelAnswer {
  readonly result: CancelResult | 'unreachable';
}

async function allScopes(question: RegistryQuestion, asker: RegistryPeer | undefined): Promise<ScopesEverywhere> {
  const origin = { ...thisOrigin };
  const scopes: PlacedScope[] = registry.snapshot().map((scope) => Object.freeze({ ...scope, origin }));
  const unreachable: string[] = [];
  for (const [peer, found] of await askAll(question, asker)) {
    const there = found as Partial<ScopesEverywhere> | undefined;
    scopes.push(...(there?.scopes ?? []));
    unreachable.push(...(there === undefined ? [peer.label] : (there.unreachable ?? [])));
  }
  return { scopes, unreachable };
}

async function cancelById(
  question: RegistryQuestion & { readonly about: 'cancel' },
  asker: RegistryPeer | undefined,
): Promise<CancelAnswer> {
  const { id, message } = question;
  const reason = isCancellationReason(question.reason) ? question.reason : 'manual';
  const here = cancelHere(id, reason, message, question.origin);
  if (here !== 'not_found') return { result: here };
  const passedOn = { ...question, origin: question.origin ?? { ...thisOrigin } };
  const results = (await askAll(passedOn, asker)).map(([, found]) => (found as CancelAnswer | undefined)?.result);
  const known = results.find((result) => result !== undefined && result !== 'not_found' && result !== 'unreachable');
  const silent = results.some((result) => result === undefined || result === 'unreachable');
  return { result: known ?? (silent ? 'unreachable' : 'not_found') };
}

/** Asks every neighbour but `asker` (Y3); undefined for one that did not answer in time (Y4). */
function askAll(question: RegistryQuestion, asker: RegistryPeer | undefined): Promise<[RegistryPeer, unknown][]> {
  // Those behind a neighbour must have answered it before it has to answer us.
  const withinMs = checkedMs('withinMs', question.withinMs) * (asker === undefined ? 1 : 0.8);
  const asked = [...peers].filter((peer) => peer !== asker);
  return Promise.all(
    asked.map(async (peer): Promise<[RegistryPeer, unknown]> => [peer, await inTime(peer, { ...question, withinMs })]),
  );
}

function inTime(peer: RegistryPeer, question: RegistryQuestion): Promise<unknown> {
  return new Promise((resolve) => {
    const timer = systemClock.setTimer(() => resolve(undefined), question.withinMs, true);
    peer.ask(question).then(
      (found) => {
        timer.clear();
        resolve(found);
      },
      () => {
        timer.clear();
        resolve(undefined);
      },
    );
  });
}

/**
 * The registry of all threads and processes this one is connected with: those that share a token with it, or were
 * started by `runInWorker`, and all behind them.
 *
 * @example
 * const { scopes, unreachable } = await everywhere.snapshot();
 * for (const { name, origin } of scopes) console.log(name, origin.pid, origin.threadName);
 * await everywhere.cancel(scopes[0].id, 'manual', 'cleared by the operator');
 */
export const everywhere = {
  /** Every open scope, this thread's first. */
  snapshot({ withinMs = 1000 }: EverywhereOptions = {}): Promise<ScopesEverywhere> {
    return allScopes({ about: 'scopes', withinMs: checkedMs('withinMs', withinMs) }, undefined);
  },

  /** Cancels one scope by id, wherever it runs. `unreachable`: nobody who answered knew it, and somebody did not answer. */
  async cancel(
    id: string,
    reason: CancellationReason = 'manual',
    message?: string,
    { withinMs = 1000 }: EverywhereOptions = {},
  ): Promise<CancelResult | 'unreachable'> {
    const question = { about: 'cancel', id, reason, message, withinMs: checkedMs('withinMs', withinMs) } as const;
    return (await cancelById(question, undefined)).result;
  },
} as const;

/**
 * The registry beyond this thread: scopes of other threads and processes, listed and cancelled from anywhere.
 *
 * Y3. Threads and processes form a tree (workers under their main thread, children under their parent), so a question
 *     goes to every neighbour but the one it came from. Where they do not (a worker that shares a token of its own with
 *     another worker links to it), an isolate that was asked already has nothing to add: it answers once a question.
 * Y4. Whoever does not answer in time is named as unreachable, never waited for: a busy thread answers nothing.
 */
import { randomUUID } from 'node:crypto';
import {
  type CancellationReason,
  checkedMs,
  Disposer,
  hooks,
  isCancellationReason,
  type Origin,
  originOf,
  type SpanContextData,
  spanContextOf,
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
  | { readonly about: 'scopes'; readonly withinMs: number; readonly key: string }
  | {
      readonly about: 'cancel';
      readonly withinMs: number;
      /** The same wherever the question gets (Y3). */
      readonly key: string;
      readonly id: string;
      readonly reason: CancellationReason;
      readonly message?: string | undefined;
      /** Who wants it cancelled; the asker itself has none. */
      readonly origin?: Origin;
      /** The span it was asked for in. */
      readonly span?: SpanContextData | undefined;
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

/** The keys of the questions last asked here, oldest first (Y3). */
const asked = sharedSlot('registry questions', () => new Set<string>());
const ASKED_MAX = 1000;

/** Whether this isolate has not been asked that yet. */
function isNew(key: unknown): boolean {
  if (typeof key !== 'string' || asked.has(key)) return false;
  asked.add(key);
  if (asked.size > ASKED_MAX) for (const oldest of asked) return asked.delete(oldest);
  return true;
}

/** Takes a neighbour on; dispose when it is gone. */
export function addRegistryPeer(peer: RegistryPeer): Disposable {
  peers.add(peer);
  return new Disposer(() => peers.delete(peer));
}

/** What this isolate and everyone behind it has to say to `asker`'s question. Rejects when it makes no sense. */
export async function answer(
  question: RegistryQuestion,
  asker?: RegistryPeer,
): Promise<ScopesEverywhere | CancelAnswer> {
  if (!isNew(question.key))
    return question.about === 'cancel' ? { result: 'not_found' } : { scopes: [], unreachable: [] };
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
    const there: Partial<ScopesEverywhere> | undefined = found ?? undefined;
    if (!Array.isArray(there?.scopes) || !Array.isArray(there.unreachable)) {
      unreachable.push(peer.label);
      continue;
    }
    for (const scope of there.scopes as readonly PlacedScope[]) scopes.push(scope);
    for (const label of there.unreachable as readonly string[]) unreachable.push(label);
  }
  return { scopes, unreachable: [...new Set(unreachable)] };
}

const KNOWN: ReadonlySet<unknown> = new Set<CancelResult>(['cancelled', 'already', 'settled']);

async function cancelById(
  question: RegistryQuestion & { readonly about: 'cancel' },
  asker: RegistryPeer | undefined,
): Promise<CancelAnswer> {
  const { id, message } = question;
  const reason = isCancellationReason(question.reason) ? question.reason : 'manual';
  const origin = question.origin && originOf(question.origin);
  const here = cancelHere(id, reason, message, origin, spanContextOf(question.span));
  if (here !== 'not_found') return { result: here };
  const passedOn = { ...question, origin: question.origin ?? { ...thisOrigin } };
  const results = (await askAll(passedOn, asker)).map(
    ([, found]) => (found as CancelAnswer | undefined | null)?.result,
  );
  const known = results.find((result) => KNOWN.has(result));
  const silent = results.some((result) => result !== 'not_found');
  return { result: known ?? (silent ? 'unreachable' : 'not_found') };
}

/** Of a question of this isolate's own, which it will not answer again. */
function newKey(): string {
  const key = randomUUID();
  isNew(key);
  return key;
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
    return allScopes({ about: 'scopes', withinMs: checkedMs('withinMs', withinMs), key: newKey() }, undefined);
  },

  /** Cancels one scope by id, wherever it runs. `unreachable`: nobody who answered knew it, and somebody did not answer. */
  async cancel(
    id: string,
    reason: CancellationReason = 'manual',
    message?: string,
    { withinMs = 1000 }: EverywhereOptions = {},
  ): Promise<CancelResult | 'unreachable'> {
    const within = checkedMs('withinMs', withinMs);
    const span = hooks.spanContext?.();
    const question = {
      about: 'cancel',
      id,
      reason,
      message,
      span,
      withinMs: within,
      key: newKey(),
    } as const;
    return (await cancelById(question, undefined)).result;
  },
} as const;

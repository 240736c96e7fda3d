/** Neighbours of this isolate in the registry, played by a test. */
import { afterEach } from 'vitest';
import { addRegistryPeer, type RegistryPeer } from '../../src/instrumentation/index.ts';
import type { PlacedScope, RegistryQuestion } from '../../src/instrumentation/index.ts';
import type { Origin } from '../../src/token/index.ts';

const neighbours: Disposable[] = [];
afterEach(() => {
  for (const each of neighbours.splice(0)) each[Symbol.dispose]();
});

/** One, and what it was asked. */
export interface Neighbour extends RegistryPeer {
  readonly asked: RegistryQuestion[];
}

/** A neighbour, for as long as the test runs, and what it was asked. */
export function neighbour(label: string, reply: (question: RegistryQuestion) => unknown): Neighbour {
  const asked: RegistryQuestion[] = [];
  const ask = async (question: RegistryQuestion): Promise<unknown> => {
    asked.push(structuredClone(question));
    return structuredClone(await reply(structuredClone(question)));
  };
  const peer = { label, asked, ask };
  neighbours.push(addRegistryPeer(peer));
  return peer;
}

/** What nobody answers. */
export const never = new Promise<never>(() => {});
/** Where a neighbour is. */
export const THERE: Origin = { pid: process.pid, threadId: 3, threadName: 'encoder' };

/** A scope that is open there. */
export function placed(id: string): PlacedScope {
  return {
    id,
    name: 'there',
    parentId: undefined,
    state: 'open',
    outcome: undefined,
    ageMs: 1,
    pendingMs: undefined,
    remainingMs: Infinity,
    attributes: undefined,
    cause: undefined,
    origin: THERE,
  };
}

let questions = 0;

/** A question of somebody else's. */
export function question(parts: object = { about: 'scopes' }): RegistryQuestion {
  return { withinMs: 1_000, key: `question ${questions++}`, ...parts } as never;
}

/** What is no answer to any question. */
export const ODD_ANSWERS: readonly [string, () => unknown][] = [
  ['rejects', () => Promise.reject(new Error('gone'))],
  ['answers nothing', () => undefined],
  ['answers null', () => null],
  ['answers a number', () => 5],
  ['answers without scopes', () => ({ unreachable: [] })],
  ['answers with scopes that are none', () => ({ scopes: 5, unreachable: [] })],
  ['answers with unreachables that are none', () => ({ scopes: [], unreachable: 5 })],
];

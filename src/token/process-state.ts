/**
 * Process-wide state: what the ESM copy, the CJS copy and two installed versions of one major must share.
 *
 * P1. It hangs on one global symbol; whichever copy loads first makes it.
 * P2. There is one AsyncLocalStorage: each further one makes every `run` of every store dearer.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { isMainThread } from 'node:worker_threads';
import type { AdoptedSignal } from './adopt.ts';
import { type LifecycleHooks, silentHooks } from './lifecycle.ts';
import type { Scope } from './scope.ts';
import { ScopeList } from './scope-list.ts';
import type { Inbox } from './shared-state.ts';
import type { WorkerRunner } from './worker-work.ts';

/** What is shared. */
export interface ProcessState {
  readonly ambient: AsyncLocalStorage<Scope | undefined>;
  readonly hooks: LifecycleHooks;
  readonly adopted: WeakMap<AbortSignal, AdoptedSignal>;
  /** The scopes open now. */
  readonly openScopes: ScopeList;
  /** The abandoned scopes whose body still runs. */
  readonly zombies: ScopeList;
  nextSerial: number;
  /** Tokens hanging under a live parent. */
  heldTokens: number;
  /** Listeners registered and neither run nor removed. */
  listeners: number;
  /** Where cancels by other threads and processes arrive; null while no token is shared. */
  inbox: Inbox | null;
  /** Runs tasks on other threads; null until the thread backend is loaded. */
  workerRunner: WorkerRunner | null;
  /** What this thread is called in causes and telemetry. */
  threadName: string;
  /** Whether causes and errors take a stack (C4). */
  callSites: boolean;
  /** Room for the layers above, by name (monitors, registry). */
  readonly extensions: Map<string, unknown>;
}

const KEY = Symbol.for('cancelscope.state.v1');
const holder = globalThis as { [KEY]?: ProcessState };

/** The one state (P1). */
export const processState: ProcessState = (holder[KEY] ??= {
  ambient: new AsyncLocalStorage(), // P2
  hooks: silentHooks(),
  adopted: new WeakMap(),
  openScopes: new ScopeList(),
  zombies: new ScopeList(),
  nextSerial: 1,
  heldTokens: 0,
  listeners: 0,
  inbox: null,
  workerRunner: null,
  threadName: isMainThread ? 'main' : 'worker',
  callSites: false,
  extensions: new Map(),
});

/** The sink of lifecycle events. */
export const hooks = processState.hooks;

/**
 * Switches on stacks: `cause.callSite` tells where `cancel` was called, and a CancelledError where it was noticed.
 * Off by default: a stack costs microseconds, a cancel without one a fraction of that.
 *
 * @example
 * captureCallSites(process.env.NODE_ENV !== 'production');
 */
export function captureCallSites(on: boolean): void {
  processState.callSites = on;
}

/** A slot of the shared state for a layer above, made by the first copy that asks. */
export function sharedSlot<T>(name: string, make: () => T): T {
  const { extensions } = processState;
  if (!extensions.has(name)) extensions.set(name, make());
  return extensions.get(name) as T;
}

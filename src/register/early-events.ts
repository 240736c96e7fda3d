/**
 * Events before an exporter is loaded, kept for it.
 *
 * Z17. At most {@link KEPT_MAX}; later ones are lost to it.
 */
import { EVENT_HOOK_NAMES, type Monitor, registerMonitor } from '../instrumentation/index.ts';

const KEPT_MAX = 10_000;

/** What was kept, for one taker. */
export interface EarlyEvents {
  /** Hands all of it to `monitor`, in order, and keeps no more. */
  giveTo(monitor: Monitor): void;
  /** Nobody wants it. */
  drop(): void;
}

type Hooks = Record<string, ((...event: unknown[]) => void) | undefined>;

/** Keeps what happens from now on. */
export function keepEvents(): EarlyEvents {
  const kept: (readonly [hook: string, event: readonly unknown[]])[] = [];
  const hooks: Hooks = {};
  for (const hook of EVENT_HOOK_NAMES) {
    if (hook === 'tokenCreated' || hook === 'progressReported') continue; // no part of a scope's life, and frequent
    hooks[hook] = (...event) => {
      if (kept.length < KEPT_MAX) kept.push([hook, event]);
    };
  }
  const registered = registerMonitor({ name: 'register', ...hooks });
  return {
    giveTo(monitor) {
      registered[Symbol.dispose]();
      for (const [hook, event] of kept.splice(0)) (monitor as Hooks)[hook]?.(...event);
    },
    drop() {
      registered[Symbol.dispose]();
      kept.length = 0;
    },
  };
}

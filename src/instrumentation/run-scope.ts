/**
 * Wrapping a scope's body in what monitors put around it.
 *
 * M6. Whatever a `runScope` does — skip the body, repeat it, throw, give something else back — the body runs exactly
 *     once and its own result or error is what comes out.
 */
import type { ScopeBody, ScopeInfo } from '../token/index.ts';
import type { MonitorEntry } from './hub.ts';

/** Told of a wrapper that did not keep to its part. */
export type WrapperFailed = (entry: MonitorEntry, hook: 'runScope', error: unknown) => void;

/** The body's one run, kept for whoever asks again. */
class SingleRun {
  readonly #body: ScopeBody;
  #state: 'waiting' | 'running' | 'returned' | 'threw' = 'waiting';
  #result: unknown;
  calls = 0;

  constructor(body: ScopeBody) {
    this.#body = body;
  }

  /** Runs the body the first time; later gives back, or throws, the same. */
  run(): unknown {
    this.calls++;
    if (this.#state === 'waiting') {
      this.#state = 'running';
      try {
        this.#result = this.#body();
        this.#state = 'returned';
      } catch (error) {
        this.#result = error;
        this.#state = 'threw';
      }
    }
    if (this.#state === 'threw') throw this.#result;
    return this.#result;
  }

  /** Whether `error` is what the body threw. */
  threw(error: unknown): boolean {
    return this.#state === 'threw' && this.#result === error;
  }

  /** Whether `error` is what the body threw, or what its promise rejects with. */
  async rejected(error: unknown): Promise<boolean> {
    try {
      await this.#result;
    } catch (own) {
      return own === error;
    }
    return this.threw(error);
  }

  /** Whether `result` is what the body gave. */
  gave(result: unknown): boolean {
    return this.#result === result;
  }
}

/** One function that runs a body inside the wrappers of all `entries`, the first registered outermost; null for none. */
export function composeRunScope(
  entries: readonly MonitorEntry[],
  failed: WrapperFailed,
): ((scope: ScopeInfo, body: ScopeBody) => unknown) | null {
  if (entries.length === 0) return null;
  const innermostFirst = entries.toReversed();
  return (scope, body) => {
    const single = new SingleRun(body);
    let wrapped: ScopeBody = () => single.run();
    for (const entry of innermostFirst) {
      const inner = wrapped;
      wrapped = () => runWrapped(entry, scope, inner, single, failed);
    }
    wrapped();
    return single.run();
  };
}

/** Runs one wrapper. Never throws: the body's own error is kept in `single`, a wrapper's is its own failure. */
function runWrapped(
  entry: MonitorEntry,
  scope: ScopeInfo,
  inner: ScopeBody,
  single: SingleRun,
  failed: WrapperFailed,
): unknown {
  const before = single.calls;
  let result: unknown;
  try {
    result = entry.monitor.runScope?.(scope, inner);
  } catch (error) {
    if (!single.threw(error)) {
      failed(entry, 'runScope', error);
      return undefined;
    }
  }
  const calls = single.calls - before;
  if (calls === 1) {
    entry.ok++;
    entry.failuresInARow = 0;
  } else {
    failed(entry, 'runScope', new Error(`it ran the body ${calls} times instead of once`));
  }
  if (!single.gave(result)) void follow(entry, result, single, failed);
  return result;
}

/** Waits for what a wrapper gave instead of the body's own promise: its rejection would reach nobody. */
async function follow(entry: MonitorEntry, result: unknown, single: SingleRun, failed: WrapperFailed): Promise<void> {
  try {
    await result;
  } catch (error) {
    if (!(await single.rejected(error))) failed(entry, 'runScope', error);
  }
}

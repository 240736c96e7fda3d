/**
 * Wrapping a scope's body in what monitors put around it.
 *
 * M6. Whatever a `runScope` does — skip the body, repeat it, throw, give something else back — the body runs exactly
 *     once and its own result or error is what comes out.
 */
import type { ScopeBody, ScopeInfo } from '../token/index.ts';
import type { MonitorEntry } from './hub.ts';

type Result = { readonly value: unknown } | { readonly error: unknown };

/** The body's one run, kept for whoever asks. */
class SingleRun {
  #body: ScopeBody | null;
  #result: Result | null = null;
  runs = 0;

  constructor(body: ScopeBody) {
    this.#body = body;
  }

  /** Runs the body the first time; later gives back, or throws, the same. */
  readonly run = (): unknown => {
    this.runs++;
    const body = this.#body;
    if (body !== null) {
      this.#body = null;
      try {
        this.#result = { value: body() };
      } catch (error) {
        this.#result = { error };
      }
    }
    const result = this.#result as Result;
    if ('error' in result) throw result.error;
    return result.value;
  };

  /** Whether `error` is what the body threw. */
  threw(error: unknown): boolean {
    return this.#result !== null && 'error' in this.#result && this.#result.error === error;
  }
}

/** One function that runs a body inside the wrappers of all `entries`, the first registered outermost; null for none. */
export function composeRunScope(
  entries: readonly MonitorEntry[],
  failed: (entry: MonitorEntry, hook: string, error: unknown) => void,
): ((scope: ScopeInfo, body: ScopeBody) => unknown) | null {
  if (entries.length === 0) return null;
  return (scope, body) => {
    const single = new SingleRun(body);
    let wrapped: ScopeBody = single.run;
    for (const entry of entries.toReversed()) {
      const inner = wrapped;
      wrapped = () => runWrapped(entry, scope, inner, single, failed);
    }
    try {
      wrapped();
    } catch {
      // The body's own error, thrown again below.
    }
    return single.run();
  };
}

function runWrapped(
  entry: MonitorEntry,
  scope: ScopeInfo,
  inner: ScopeBody,
  single: SingleRun,
  failed: (entry: MonitorEntry, hook: string, error: unknown) => void,
): unknown {
  const runsBefore = single.runs;
  try {
    const result = entry.monitor.runScope?.(scope, inner);
    const runs = single.runs - runsBefore;
    if (runs === 1) {
      entry.ok++;
      entry.failuresInARow = 0;
    } else {
      failed(entry, 'runScope', new Error(`it ran the body ${runs} times instead of once`));
    }
    return result;
  } catch (error) {
    if (!single.threw(error)) failed(entry, 'runScope', error);
    return undefined;
  }
}

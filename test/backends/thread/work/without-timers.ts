/** Runs `body`; timers it starts never fire. A scope it opens has its deadline noticed by another thread, or by nobody. */
export function withoutTimers<T>(body: () => T): T {
  const real = globalThis.setTimeout;
  const none = { unref: () => none, ref: () => none };
  globalThis.setTimeout = (() => none) as unknown as typeof setTimeout;
  try {
    return body();
  } finally {
    globalThis.setTimeout = real;
  }
}

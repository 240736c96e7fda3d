/** An async iterable that counts what is asked of it. */
export interface Probe<T> extends AsyncIterable<T> {
  pulls: number;
  returns: number;
}

/** What comes after the items: the end, nothing ever, an error, or one more item in its own time. */
interface ProbeOptions<T> {
  readonly after?: 'hang' | Error | Promise<T>;
  readonly returning?: () => Promise<unknown>;
}

export function probe<T>(items: readonly T[], { after, returning }: ProbeOptions<T> = {}): Probe<T> {
  const last = (): Promise<IteratorResult<T>> => {
    if (after === 'hang') return new Promise(() => {});
    if (after instanceof Error) return Promise.reject(after);
    return after === undefined
      ? Promise.resolve({ done: true, value: undefined })
      : after.then((value) => ({ done: false, value }));
  };
  const self: Probe<T> = {
    pulls: 0,
    returns: 0,
    [Symbol.asyncIterator]: () => ({
      async next() {
        const index = self.pulls++;
        return index < items.length ? { done: false, value: items[index] as T } : last();
      },
      async return() {
        self.returns++;
        await returning?.();
        return { done: true, value: undefined };
      },
    }),
  };
  return self;
}

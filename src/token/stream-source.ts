/**
 * Sources of streams, as iterators that can be left at any time.
 *
 * X2. Any iterable will do: async generators, Node streams, WHATWG streams, arrays. The iterators Node and WHATWG
 *     streams come with make `return()` wait behind a pending pull, so leaving these closes the stream itself.
 */
import { InvalidArgumentError } from './errors.ts';

/** What can be streamed (X2). */
export type StreamSource<T> = AsyncIterable<T> | Iterable<T>;

/** What is pulled from. */
export type SourceIterator<T> = AsyncIterator<T, unknown> | Iterator<T, unknown>;

/** The iterator of `source`. @throws {InvalidArgumentError} it is not iterable. */
export function iteratorOf<T>(source: StreamSource<T>): SourceIterator<T> {
  if (source instanceof ReadableStream) return readerOf(source as ReadableStream<T>);
  const candidate = source as Partial<AsyncIterable<T> & Iterable<T>> | null | undefined;
  if (typeof candidate?.[Symbol.asyncIterator] === 'function') {
    const iterator = (source as AsyncIterable<T>)[Symbol.asyncIterator]();
    return isNodeStream(source) ? destroying(source, iterator) : iterator;
  }
  if (typeof candidate?.[Symbol.iterator] === 'function') return (source as Iterable<T>)[Symbol.iterator]();
  throw new InvalidArgumentError('source', 'an iterable or async iterable', source);
}

function readerOf<T>(stream: ReadableStream<T>): AsyncIterator<T, unknown> {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

interface NodeStream {
  destroy(): unknown;
  pipe(): unknown;
}

function isNodeStream(source: object): source is NodeStream {
  const { destroy, pipe } = source as Partial<NodeStream>;
  return typeof destroy === 'function' && typeof pipe === 'function';
}

function destroying<T>(stream: NodeStream, iterator: AsyncIterator<T>): AsyncIterator<T> {
  return {
    next: () => iterator.next(),
    async return() {
      stream.destroy();
      return iterator.return === undefined ? { done: true, value: undefined } : iterator.return();
    },
  };
}

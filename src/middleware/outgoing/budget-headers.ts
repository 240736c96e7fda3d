/**
 * Putting the budget header among a call's own headers.
 *
 * C11. A budget that the caller sends is never made larger; of two, the smaller goes out. What is no budget is replaced.
 */
import { type Header, readBudget } from '../http/index.ts';

/** Headers as Node and undici take them: an object, names and values in turn, or pairs. */
export type HeadersGiven = unknown;

/** Whether `present`, which the caller set, is to go out instead of `header` (C11). */
export function isSmaller(present: unknown, header: Header): boolean {
  const given = readBudget(present);
  return given !== undefined && given <= Number(header[1]);
}

/** `headers`, with the budget; themselves where nothing is to be changed. Those given are not touched. */
export function withBudget(headers: HeadersGiven, header: Header): unknown {
  if (headers === undefined || headers === null) return { [header[0]]: header[1] };
  if (Array.isArray(headers)) return Array.isArray(headers[0]) ? inPairs(headers, header) : inTurn(headers, header);
  if (typeof headers !== 'object') return headers; // refused where it is read
  if (Symbol.iterator in headers) return inPairs([...(headers as Iterable<Pair>)], header).flat(1);
  return inObject(headers, header);
}

type Pair = readonly [name: string, value: unknown];

function inObject(headers: object, header: Header): object {
  const pairs = Object.entries(headers);
  const changed = inPairs(pairs, header);
  return changed === pairs ? headers : Object.fromEntries(changed);
}

/** Of several, which would all go out, the smallest remains. */
function inPairs(headers: readonly Pair[], header: Header): readonly Pair[] {
  const present = headers.filter(([name]) => isNamed(name, header));
  const smallest = Math.min(Number(header[1]), ...present.map(([, value]) => readBudget(value) ?? Infinity));
  if (present.length === 1 && readBudget(present[0]?.[1]) === smallest) return headers;
  return [...headers.filter(([name]) => !isNamed(name, header)), [header[0], String(smallest)]];
}

function inTurn(headers: readonly unknown[], header: Header): readonly unknown[] {
  const pairs = Array.from({ length: Math.ceil(headers.length / 2) }, (_, index): Pair => [
    String(headers[2 * index]),
    headers[2 * index + 1],
  ]);
  return inPairs(pairs, header).flat(1);
}

function isNamed(name: unknown, header: Header): boolean {
  return String(name).toLowerCase() === header[0];
}

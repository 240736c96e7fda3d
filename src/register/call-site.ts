/**
 * Call sites: the stack of whoever called, as text.
 *
 * Z23. The same place is the same string, kept once: a hundred thousand signals of one line cost one text. At most
 *      {@link PLACES_MAX} are kept so.
 */

import type { Callee } from './patch.ts';

const PLACES_MAX = 1000;
const places = new Map<string, string>();

/** The frames above `callee`, one a line; undefined where the program formats stacks in a way of its own. */
export function stackAbove(callee: Callee): string | undefined {
  const holder: { stack?: unknown } = {};
  try {
    Error.captureStackTrace(holder, callee);
    return typeof holder.stack === 'string' ? shared(holder.stack) : undefined;
  } catch {
    return undefined;
  }
}

/** Without the line that names the error, there being none. */
function shared(stack: string): string {
  const known = places.get(stack);
  if (known !== undefined) return known;
  const place = stack.replace(/^.*\n/, '').replaceAll(/^\s+/gm, '');
  if (places.size < PLACES_MAX) places.set(stack, place);
  return place;
}

/**
 * Text from outside, made safe to keep: bounded, and never a throw.
 */
import { InvalidArgumentError } from './errors.ts';

/** Longest name kept, in UTF-16 units. */
export const NAME_LIMIT = 256;
/** Longest message kept, in UTF-16 units. */
export const MESSAGE_LIMIT = 4096;

/** `value` as text of at most `limit` units; a value that cannot be printed becomes a note that says so. */
export function boundedText(value: unknown, limit: number): string {
  let text: string;
  try {
    text = typeof value === 'string' ? value : String(value);
  } catch {
    text = '(a value that cannot be printed)';
  }
  // Rebuilt from a buffer, not sliced: a slice would keep the whole of a huge original in memory.
  return text.length <= limit ? text : Buffer.from(text.slice(0, limit)).toString();
}

/** `name` as it is kept. @throws {InvalidArgumentError} it is no string. */
export function checkedName(name: unknown): string {
  if (typeof name !== 'string') throw new InvalidArgumentError('name', 'a string', name);
  return name.length <= NAME_LIMIT ? name : boundedText(name, NAME_LIMIT);
}

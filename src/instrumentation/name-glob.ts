/**
 * Matching names against a pattern with `*`, without regular expressions: a hostile pattern costs no more than its length
 * times the name's.
 */

/** A test of names against `pattern`, in which `*` stands for any run of characters. */
export function matcher(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*');
  const first = parts.shift() as string;
  const last = parts.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let from = first.length;
    const end = name.length - last.length;
    for (const part of parts) {
      const at = name.indexOf(part, from);
      if (at < 0 || at + part.length > end) return false;
      from = at + part.length;
    }
    return true;
  };
}

/**
 * Regions: the parts of a document that are made, not written.
 *
 *   <!-- generated:metrics --> … <!-- /generated -->
 *   <!-- include:examples/basics.ts --> … <!-- /include -->
 *
 * O1. What stands outside of a region is never touched; filling twice gives the same.
 * O2. A region nobody can fill is an error: a typing mistake must not leave old text standing.
 */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { code } from './table.ts';

const ROOT = join(import.meta.dirname, '../..');
const REGION = /(<!-- (generated|include):(\S+) -->)[\s\S]*?(<!-- \/\2 -->)/g;
const OPENING = /<!-- (?:generated|include):\S+ -->/g;

/** The document with every region filled; `generators` make the generated ones, by name (O1, O2). */
export function fillRegions(document: string, generators: Readonly<Record<string, () => string>>): string {
  let filled = 0;
  const result = document.replaceAll(REGION, (_, open: string, kind: string, name: string, close: string) => {
    filled++;
    const content = kind === 'include' ? included(name) : generators[name]?.();
    if (content === undefined) throw new Error(`nothing generates ${code(name)}`); // O2
    return `${open}\n${content}\n${close}`;
  });
  if (filled !== (document.match(OPENING)?.length ?? 0)) throw new Error('a region is opened and not closed'); // O2
  return result;
}

function included(path: string): string {
  const text = readFileSync(join(ROOT, path), 'utf8').trimEnd();
  return `\`\`\`${extname(path).slice(1)}\n${text}\n\`\`\``;
}

/** The errors a caller can meet, as a table: from the doc comments of their classes, so that the two cannot differ. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as prometheus from '../../src/exporters/prometheus/index.ts';
import * as root from '../../src/index.ts';
import { code, table } from './table.ts';

const SOURCES = join(import.meta.dirname, '../../src');
const CLASS = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport class (\w+Error) [\s\S]*?readonly code = '(\w+)'/g;

/** Every error class the entries export. */
export function errorTable(): string {
  const exported = Object.keys({ ...root, ...prometheus }).filter((name) => /^[A-Z].*Error$/.test(name));
  const documented = documentedErrors();
  return table(
    ['class', 'code', 'meaning'],
    exported.toSorted().map((name) => {
      const error = documented.get(name);
      if (error === undefined) throw new Error(`${name} has no doc comment or no code`);
      return [code(name), code(error.code), error.meaning];
    }),
  );
}

function documentedErrors(): Map<string, { code: string; meaning: string }> {
  const found = new Map<string, { code: string; meaning: string }>();
  for (const file of readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    for (const [, doc = '', name = '', errorCode = ''] of readFileSync(join(SOURCES, file), 'utf8').matchAll(CLASS)) {
      found.set(name, { code: errorCode, meaning: textOf(doc) });
    }
  }
  return found;
}

/** A doc comment's text, without its stars and from its first tag on. */
function textOf(doc: string): string {
  const text = doc.replaceAll(/^\s*\* ?/gm, '').split(/^@/m)[0] ?? '';
  return text
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

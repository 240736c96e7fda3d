/** Selectors as somebody types them: PromQL label matchers, taken apart as far as it takes to refuse what is none. */

/** One matcher. */
export interface Matcher {
  readonly label: string;
  /** As it goes into an expression. */
  readonly text: string;
}

const MATCHER = /\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\["\\])*"|'(?:[^'\\\n]|\\['\\])*')\s*(,|$)/y;
/** What JavaScript knows and Prometheus does not. */
const NOT_RE2 = /\(\?(?:[=!]|<[=!])|\\\\[1-9]/;

/** The matchers in `job="api", env=~"prod|stage"`; `undefined` if it is anything else. */
export function matchersIn(selector: unknown): Matcher[] | undefined {
  if (typeof selector !== 'string') return undefined;
  const found: Matcher[] = [];
  MATCHER.lastIndex = 0;
  const end = selector.trimEnd().length;
  while (MATCHER.lastIndex < end) {
    const [, label = '', operator = '', value = ''] = MATCHER.exec(selector) ?? [];
    if (label === '' || (operator.endsWith('~') && !isPattern(value))) return undefined;
    found.push({ label, text: `${label}${operator}${value}` });
  }
  return found;
}

function isPattern(quoted: string): boolean {
  if (NOT_RE2.test(quoted)) return false;
  try {
    new RegExp(quoted.slice(1, -1).replaceAll('\\\\', '\\'));
    return true;
  } catch {
    return false;
  }
}

/**
 * The command line, read: which command, with which options.
 *
 * CO1. An option that is unknown to the command, has no value, has one too many or is given twice is refused by name.
 * CO2. A data source or tag that Grafana would not take is refused before anything is written.
 */
import { parseArgs } from 'node:util';
import type { RulesOptions } from './rules/index.ts';
import { UsageError } from './usage.ts';

/** What is to be done. */
export type Command =
  | { readonly name: 'help' | 'version' }
  | {
      readonly name: 'dashboards';
      readonly out: string;
      readonly force: boolean;
      readonly datasource: string | undefined;
      readonly tags: readonly string[];
    }
  | { readonly name: 'rules'; readonly out: string | undefined; readonly force: boolean; readonly rules: RulesOptions }
  | { readonly name: 'runbooks'; readonly out: string; readonly force: boolean };

type Kind = 'flag' | 'one' | 'many';
type CommandName = 'dashboards' | 'rules' | 'runbooks';

/** Which options a command takes, besides `--help` and `--version`. */
export const OPTIONS: Readonly<Record<CommandName, Readonly<Record<string, Kind>>>> = {
  dashboards: { out: 'one', datasource: 'one', tag: 'many', force: 'flag' },
  rules: {
    out: 'one',
    slow: 'one',
    objective: 'one',
    selector: 'one',
    'process-label': 'many',
    'runbook-url': 'one',
    'dashboard-url': 'one',
    force: 'flag',
  },
  runbooks: { out: 'one', force: 'flag' },
};

/** The option that sets an option of the rules. */
export const RULES_OPTION: Readonly<Record<keyof RulesOptions, string>> = {
  slow: 'slow',
  objective: 'objective',
  selector: 'selector',
  processLabels: 'process-label',
  runbookUrl: 'runbook-url',
  dashboardUrl: 'dashboard-url',
};

const UID = /^[\w-]{1,40}$/; // what Grafana makes uids of
const TAG_LENGTH = 50;

/** @throws {UsageError} it asks for something there is not. */
export function readCommand(args: readonly string[]): Command {
  const { tokens } = parseArgs({
    args: [...args],
    options: parseOptions(),
    strict: false, // its own complaints name no fix
    tokens: true,
  });
  const options = tokens.filter((token) => token.kind === 'option');
  if (options.some(({ rawName }) => rawName === '--help' || rawName === '-h')) return { name: 'help' };
  if (options.some(({ rawName }) => rawName === '--version')) return { name: 'version' };

  const [name, stranger] = tokens.filter((token) => token.kind === 'positional').map(({ value }) => value);
  if (name === undefined) throw new UsageError(`a command is missing: ${listed(Object.keys(OPTIONS), 'or')}`);
  if (!isCommand(name)) throw new UsageError(`"${name}" is no command: ${listed(Object.keys(OPTIONS), 'or')}`);

  const given = valuesOf(name, options);
  if (stranger !== undefined) throw new UsageError(`"${stranger}" is one word too many: ${name} takes options only`);
  const force = given.has('force');
  const out = given.get('out')?.[0];
  if (name === 'rules') return { name, out, force, rules: rulesOptions(given) };
  if (out === undefined) throw new UsageError(`${name} needs --out DIR, the folder to write into`);
  if (name === 'runbooks') return { name, out, force };
  return { name, out, force, datasource: datasourceOf(given), tags: tagsOf(given) };
}

function parseOptions(): Record<string, { type: 'string' | 'boolean' }> {
  const kinds = Object.values(OPTIONS).flatMap((options) => Object.entries(options));
  return Object.fromEntries(kinds.map(([name, kind]) => [name, { type: kind === 'flag' ? 'boolean' : 'string' }]));
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

type Given = ReadonlyMap<string, readonly string[]>;

function valuesOf(command: CommandName, tokens: readonly OptionToken[]): Given {
  const known = OPTIONS[command];
  const given = new Map<string, string[]>();
  for (const { name, rawName, value, inlineValue = false } of tokens) {
    const kind = rawName === `--${name}` && Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      const names = Object.keys(known).map((option) => `--${option}`);
      throw new UsageError(`${rawName} is no option of ${command}: it takes ${listed(names, 'and')}`); // CO1
    }
    if (kind === 'flag' && value !== undefined) throw new UsageError(`${rawName} takes no value: leave out "${value}"`);
    if (kind !== 'flag' && (value === undefined || value.trim() === '' || (!inlineValue && value.startsWith('-')))) {
      const meant = value?.startsWith('-') ? `; if "${value}" is meant to be one, write ${rawName}=${value}` : '';
      throw new UsageError(`${rawName} needs a value${meant}`);
    }
    const values = given.get(name) ?? [];
    if (kind === 'one' && values.length > 0) throw new UsageError(`${rawName} is given twice: give it once`);
    given.set(name, [...values, ...(value === undefined ? [] : [value])]);
  }
  return given;
}

function rulesOptions(given: Given): RulesOptions {
  const one = (key: keyof RulesOptions): string | undefined => given.get(RULES_OPTION[key])?.[0];
  return {
    slow: one('slow'),
    objective: numberOf(one('objective')),
    selector: one('selector'),
    processLabels: given.get(RULES_OPTION.processLabels),
    runbookUrl: one('runbookUrl'),
    dashboardUrl: one('dashboardUrl'),
  };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  throw new UsageError(`--objective must be a share such as 0.99; received "${text}"`);
}

function datasourceOf(given: Given): string | undefined {
  const uid = given.get('datasource')?.[0];
  if (uid === undefined || UID.test(uid)) return uid;
  throw new UsageError(
    `--datasource must be the uid of a Grafana data source (its page in Grafana ends with it), ` +
      `1 to 40 letters, digits, - and _; received "${uid}"`,
  ); // CO2
}

function tagsOf(given: Given): readonly string[] {
  const tags = given.get('tag') ?? [];
  const long = tags.find((tag) => tag.length > TAG_LENGTH);
  if (long !== undefined) throw new UsageError(`--tag must have at most ${TAG_LENGTH} characters; received "${long}"`); // CO2
  return tags;
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(OPTIONS, name);
}

function listed(words: readonly string[], link: 'and' | 'or'): string {
  return `${words.slice(0, -1).join(', ')} ${link} ${words.at(-1) ?? ''}`;
}

/**
 * What the program can be told on its command line.
 */
import { parseArgs } from 'node:util';
import { PROMPT } from './story.ts';

/** How to run. */
export interface Options {
  readonly prompt: string;
  /** Whether to talk to a model of its own, on this machine. */
  readonly demo: boolean;
  /** Where the API is; undefined for Google's. */
  readonly url: string | undefined;
  readonly apiKey: string;
  readonly model: string;
  /** Who reads the keys. */
  readonly keys: 'main' | 'worker';
  /** How long to compute for each piece, in ms. */
  readonly busyMs: number;
  /** Where to serve /metrics; undefined for nowhere. */
  readonly metricsPort: number | undefined;
  /** Where to write the text in the end. */
  readonly save: string | undefined;
  readonly seed: number;
  /** How fast the model of the demo talks: ms a piece. */
  readonly paceMs: number;
  readonly help: boolean;
}

/** What `--help` prints. */
export const USAGE = `node examples/llm/main.ts [options] [prompt]

  --demo            talk to a model of its own, on this machine
  --url URL         where the Gemini API is; default Google's, with the key in GEMINI_API_KEY
  --model NAME      default gemini-2.5-flash
  --keys worker     read the keys in a thread of its own; default main: on the main loop
  --busy MS         compute so long for each piece, as a slow renderer would
  --metrics-port N  serve /metrics on this port of loopback, 0 for a free one
  --save FILE       write the text there at the end
  --seed N          how the demo's model cuts its text; default 1
  --pace MS         how long the demo's model takes for a piece; default 40
  --help            this text

SPACE pauses and goes on, q and Ctrl-C stop.
`;

/**
 * @param args - The command line, without the program.
 * @param apiKey - The key of the Gemini API, if there is one.
 * @throws {Error} An option is unknown, missing, or something it cannot be; the message says which.
 */
export function readOptions(args: readonly string[], apiKey?: string): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      demo: { type: 'boolean', default: false },
      url: { type: 'string' },
      model: { type: 'string', default: 'gemini-2.5-flash' },
      keys: { type: 'string', default: 'main' },
      busy: { type: 'string', default: '0' },
      'metrics-port': { type: 'string' },
      save: { type: 'string' },
      seed: { type: 'string', default: '1' },
      pace: { type: 'string', default: '40' },
      help: { type: 'boolean', default: false },
    },
  });
  const { demo, url, keys, model, save, help } = values;
  if (keys !== 'main' && keys !== 'worker') throw new Error(`--keys is main or worker, not ${keys}`);
  if (demo && url !== undefined) throw new Error('--demo brings its own model: leave --url out');
  if (!demo && !help && url === undefined && apiKey === undefined) {
    throw new Error('no GEMINI_API_KEY; without one there is --demo');
  }
  const port = values['metrics-port'];
  return {
    prompt: positionals.join(' ') || PROMPT,
    demo,
    url,
    apiKey: demo ? 'none' : (apiKey ?? 'none'),
    model,
    keys,
    busyMs: wholeNumber('--busy', values.busy, 60_000),
    metricsPort: port === undefined ? undefined : wholeNumber('--metrics-port', port, 65_535),
    save,
    seed: wholeNumber('--seed', values.seed, 2 ** 32 - 1),
    paceMs: wholeNumber('--pace', values.pace, 60_000),
    help,
  };
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= max) return value;
  throw new Error(`${option} is a whole number from 0 to ${max}, not ${text}`);
}

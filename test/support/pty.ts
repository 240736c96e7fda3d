/**
 * A program on a terminal of its own, made by util-linux' `script`, with a hand on its keyboard.
 *
 * The terminal's settings are read before the program starts and after it has ended.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How the terminal is, and the program's environment beside the test's own. */
export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs on a terminal. */
export interface Pty extends AsyncDisposable {
  /** What it has sent to the terminal so far, escape sequences and all. */
  readonly output: () => string;
  /** Presses keys. */
  press(keys: string): void;
  /** Resolves as soon as the output from `from` on has `pattern`; rejects when the program ends without. */
  shows(pattern: RegExp | string, from?: number): Promise<void>;
  /** Sends a signal to the program itself. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  ended(): Promise<PtyEnd>;
}

/** How it ended. */
export interface PtyEnd {
  /** The exit code; 128 and the number of the signal, if one ended it. */
  readonly code: number | null;
  /** All it has sent. */
  readonly output: string;
  /** Settings of the terminal, before and after. */
  readonly before: string;
  readonly after: string;
}

const MARK = '\u0001';

/** Starts `command` on a terminal. */
export function startOnPty(command: readonly string[], options: PtyOptions = {}): Pty {
  const { columns = 80, rows = 24, env = {} } = options;
  const words = command.map(quoted).join(' ');
  const lines = [
    `stty cols ${columns} rows ${rows}`,
    `printf '${MARK}%s${MARK}' "$(stty -g)"`,
    `sh -c 'printf "%s${MARK}" $$; exec "$@"' sh ${words}`,
    'code=$?',
    `printf '${MARK}%s' "$(stty -g)"`,
    'exit $code',
  ];
  const child = spawn('script', ['-qefc', lines.join('; '), '/dev/null'], {
    env: { ...process.env, NODE_OPTIONS: '', TERM: 'xterm', NO_COLOR: '', ...env },
    stdio: 'pipe',
  });
  let all = '';
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const changed = (): void => watchers.forEach((watch) => watch());
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    changed();
  });
  child.stdin.on('error', () => {}); // a key pressed too late
  const closed = once(child, 'close').then(([code]) => {
    hasEnded = true;
    changed();
    return code as number | null;
  });
  const parts = (): string[] => all.split(MARK);
  const output = (): string => parts()[3] ?? '';
  return {
    output,
    press: (keys) => void child.stdin.write(keys),
    shows: (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          const text = output().slice(from);
          const found = typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
          if (!found && !hasEnded) return;
          watchers.delete(watch);
          if (found) resolve();
          else reject(new Error(`it ended without showing ${String(pattern)}:\n${all}`));
        };
        watchers.add(watch);
        watch();
      }),
    signal: (signal) => void process.kill(Number(parts()[2]), signal),
    async ended() {
      const code = await closed;
      const [, before = '', , , after = ''] = parts();
      return { code, output: output(), before, after };
    },
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill('SIGKILL');
      await closed;
    },
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

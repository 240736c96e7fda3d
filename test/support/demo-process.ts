/**
 * The demo as a user runs it: in a process of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './prometheus-server.ts';

const DEMO = fileURLToPath(new URL('../../demo/main.ts', import.meta.url));

/** A demo that runs. */
export interface DemoProcess extends AsyncDisposable {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with what `pattern` found in stdout, as soon as it is there. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** The address of its service. */
  url(): Promise<string>;
  /** A page of its service, as soon as `isGood`. */
  page(path: string, isGood?: (text: string) => boolean): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  type(keys: string): void;
  /** The exit code; null if a signal ended it. */
  exit(): Promise<number | null>;
}

/** Starts it without a terminal, or, with `terminal`, on one of that size. */
export function startDemo(args: readonly string[], terminal?: { columns: number; rows: number }): DemoProcess {
  const command = [process.execPath, DEMO, ...args];
  const [program = '', ...rest] = terminal === undefined ? command : onTerminal(command, terminal);
  const env = { ...process.env, NODE_OPTIONS: '', TERM: 'xterm', NO_COLOR: '' };
  const child = spawn(program, rest, { env, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = once(child, 'close').then(([code]) => code as number | null);

  const printed = async (pattern: RegExp): Promise<RegExpExecArray> => {
    await eventually(
      () => Promise.resolve(pattern.test(stdout) || child.exitCode !== null),
      (over) => over,
    );
    const found = pattern.exec(stdout);
    if (found === null) throw new Error(`it ended without printing ${pattern}:\n${stdout}\n${stderr}`);
    return found;
  };
  const url = async (): Promise<string> => (await printed(/metrics (http:\S+)\/metrics/))[1] as string;
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    printed,
    url,
    async page(path, isGood = () => true) {
      const from = await url();
      return eventually(async () => (await fetch(from + path)).text(), isGood);
    },
    signal: (signal) => void child.kill(signal),
    type: (keys) => void child.stdin.write(keys),
    exit: () => exited,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A command on a terminal of its own, made by util-linux' `script`. */
function onTerminal(command: readonly string[], { columns, rows }: { columns: number; rows: number }): string[] {
  const quoted = command.map((word) => `'${word}'`).join(' ');
  return ['script', '-qefc', `stty cols ${columns} rows ${rows}; exec ${quoted}`, '/dev/null'];
}

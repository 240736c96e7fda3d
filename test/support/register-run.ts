/**
 * Programs that know nothing of cancelscope, started as a user would: `node --import cancelscope/register app.js`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { eventually } from './prometheus-server.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where the programs are. */
export const PROGRAMS = join(ROOT, 'test/register/programs');

/** The built entry. */
export const REGISTER = process.env['CANCELSCOPE_TEST_REGISTER'] ?? join(ROOT, 'dist/register.js');

/** A program that runs. */
export interface RunningProgram {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with what `pattern` finds, as soon as it is there. */
  printed(pattern: RegExp): Promise<string>;
  /** The port of its service. */
  port(): Promise<number>;
  /** Its metrics, as soon as they are what is asked for. */
  metrics(isGood?: (metrics: Metrics) => boolean): Promise<Metrics>;
  /** Its exit code. */
  exit(): Promise<number | null>;
}

/** A sum over the series of a metric that have these labels. */
export type Metrics = (name: string, labels?: Readonly<Record<string, string>>) => number;

/** How a program is started. */
export interface RunOptions {
  /** False: without the entry. */
  readonly register?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  readonly args?: readonly string[];
}

/** Starts a program of {@link PROGRAMS}; it is ended with the test. */
export function startProgram(name: string, options: RunOptions = {}): RunningProgram {
  if (!existsSync(REGISTER)) throw new Error(`${REGISTER} is missing; run \`npm run build\` first`);
  const { register = true, env = {}, nodeArgs = [], args = [] } = options;
  const entry = register ? ['--import', pathToFileURL(REGISTER).href] : [];
  const child = spawn(process.execPath, [...nodeArgs, ...entry, join(PROGRAMS, name), ...args], {
    env: { ...plainEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  });

  const printed = async (pattern: RegExp): Promise<string> => {
    const found = await eventually(
      () => Promise.resolve(pattern.exec(stdout + stderr)?.[1] ?? (child.exitCode === null ? undefined : '')),
      (text) => text !== undefined,
    );
    if (found === undefined || found === '') throw new Error(`no ${pattern} in\n${stdout}\n${stderr}`);
    return found;
  };
  return {
    pid: child.pid as number,
    stdout: () => stdout,
    stderr: () => stderr,
    printed,
    port: async () => Number(await printed(/listening (\d+)/)),
    async metrics(isGood = () => true) {
      const url = await printed(/metrics at (\S+)/);
      return eventually(async () => parsed(await (await fetch(url)).text()), isGood);
    },
    exit: () => exited,
  };
}

/** Nothing of the tests' own environment that would change a program. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(CANCELSCOPE|OTEL|NODE|VITEST)_/.test(name));
  return { ...Object.fromEntries(kept), NODE_OPTIONS: '' };
}

function parsed(text: string): Metrics {
  const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name, labels = '', value]) => ({
    name,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, is]) => [label, is])),
    value: Number(value),
  }));
  return (name, labels = {}) =>
    samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, is]) => sample.labels[label] === is))
      .reduce((sum, { value }) => sum + value, 0);
}

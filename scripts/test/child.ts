/** Child programs: run with this project's own tools first in the path. */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const BINARIES = join(import.meta.dirname, '../../node_modules/.bin');

/** How a program ended. */
export interface Ended {
  /** Whether it could start and its exit code was 0. */
  readonly ok: boolean;
  /** All it printed, unless it printed straight to the terminal. */
  readonly output: string;
}

/** Runs a program; `live` lets it print straight to the terminal. Never rejects. */
export function runChild([program = '', ...args]: readonly string[], live = false): Promise<Ended> {
  return new Promise((resolve) => {
    const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${BINARIES}${delimiter}${process.env['PATH'] ?? ''}` };
    if (!process.stdout.isTTY) env['NO_COLOR'] = '1';
    const child = spawn(program, args, { env, stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => resolve({ ok: false, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** Child processes: run to the end, and loud when they fail. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const start = promisify(execFile);

/**
 * Runs a program and gives back what it printed.
 *
 * The surrounding npm's settings are left out: they belong to this project, not to the one in `cwd`.
 *
 * @throws {Error} It could not start or failed; the message holds all it printed.
 */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|VITEST)/.test(name)),
  );
  try {
    const { stdout } = await start(program, args, { cwd, env, maxBuffer: 64 * 2 ** 20 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

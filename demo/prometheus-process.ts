/**
 * A Prometheus of the demo's own: started on a free port, with its data in a temporary folder that goes with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './listen.ts';

const PREFERRED_PORT = 9090;
const STOP_WITHIN_MS = 3_000;

/** A running Prometheus. */
export interface PrometheusProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where a program is on the PATH; undefined when it is not there. */
export function findOnPath(program: string): string | undefined {
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts the Prometheus at `path`, scraping `target` once a second.
 *
 * @param ended - Told when it ends by itself.
 * @throws when it cannot be started.
 */
export async function startPrometheus(
  path: string,
  target: string,
  ended: (message: string) => void,
): Promise<PrometheusProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'cancelscope-demo-'));
  const config = join(folder, 'prometheus.yml');
  const scrape = {
    job_name: 'demo',
    scrape_interval: '1s',
    scrape_timeout: '1s',
    static_configs: [{ targets: [target] }],
  };
  await writeFile(config, JSON.stringify({ scrape_configs: [scrape] })); // JSON is YAML
  const port = await freePort(PREFERRED_PORT);
  const child = spawn(
    path,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const leaveNothing = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', leaveNothing); // for an end in a hurry
  try {
    await once(child, 'spawn');
  } catch (error) {
    await removeFolder();
    throw error;
  }
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-2_000)));
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) ended(`Prometheus ended with ${code}: ${log.trim().split('\n').at(-1) ?? ''}`);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      stopping = true;
      await end(child);
      await removeFolder();
      process.off('exit', leaveNothing);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exit;
  clearTimeout(force);
}

/**
 * A real Postgres of a test's own, in a folder under the system's temporary one: a socket there, and a loopback port.
 *
 * Its programs refuse root, so root runs them as the user the Debian package made.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const PACKAGED = '/usr/lib/postgresql';
const READY = 'database system is ready to accept connections';
const STOP_WITHIN_MS = 10_000;

export interface PostgresServer extends AsyncDisposable {
  /** How to reach it through its loopback port, as options of a client. */
  readonly tcp: { readonly host: string; readonly port: number; readonly user: string; readonly database: string };
  /** How to reach it through the socket in its folder. */
  readonly socket: PostgresServer['tcp'];
  /** With TLS: the certificate, for `localhost`, that it shows. */
  readonly certificate: string | undefined;
  stop(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Whether it speaks TLS, with a new certificate made by `openssl`; default false. */
  readonly tls?: boolean;
}

/** Starts one and resolves when it takes connections. Rejects with what it said when it does not get there. */
export async function startPostgres({ tls = false }: PostgresServerOptions = {}): Promise<PostgresServer> {
  const bin = await binaries();
  const as = process.getuid?.() === 0 ? packagedUser() : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'cs-pg-'));
  if (as !== undefined) await chown(folder, as.uid, as.gid);
  const run = async (program: string, ...args: string[]): Promise<unknown> =>
    promisify(execFile)(program, args, { ...as, cwd: folder });
  const data = join(folder, 'data');
  try {
    const set = [
      '--no-sync',
      '--no-instructions',
      '--no-locale',
      '--encoding=UTF8',
      '--auth=trust',
      '--username=tester',
    ];
    await run(join(bin, 'initdb'), '-D', data, ...set);
    if (tls) await run('openssl', ...selfSigned(data));
    const port = await freePort();
    const options = [
      '-D',
      data,
      '-k',
      folder,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-F',
      ...(tls ? ['-c', 'ssl=on'] : []),
    ];
    const child = spawn(join(bin, 'postgres'), options, { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    await ready(child);
    const stop = async (): Promise<void> => {
      await ended(child);
      await rm(folder, { recursive: true, force: true });
    };
    const login = { port, user: 'tester', database: 'postgres' };
    return {
      tcp: { ...login, host: '127.0.0.1' },
      socket: { ...login, host: folder },
      certificate: tls ? await readFile(join(data, 'server.crt'), 'utf8') : undefined,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Where its programs are: Debian keeps them out of the path. */
async function binaries(): Promise<string> {
  const inPackage = await filesOf(PACKAGED);
  const newestFirst = inPackage.sort((a, b) => Number(b) - Number(a)).map((version) => join(PACKAGED, version, 'bin'));
  for (const folder of [...newestFirst, ...(process.env['PATH'] ?? '').split(delimiter)]) {
    const files = await filesOf(folder);
    if (files.includes('initdb') && files.includes('postgres')) return folder;
  }
  throw new Error(
    'this test needs initdb and postgres; as root on Debian: apt-get install --no-install-recommends postgresql',
  );
}

function filesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((): string[] => []);
}

function packagedUser(): { uid: number; gid: number } {
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function selfSigned(data: string): string[] {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', join(data, 'server.key'), '-out', join(data, 'server.crt')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  return ['req', '-x509', ...key, '-days', '2', ...subject, ...files];
}

function ready(child: ChildProcess): Promise<void> {
  let log = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-20_000);
      if (log.includes(READY)) resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`postgres ended with ${code}:\n${log}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGINT'); // ends its connections and stops
  const force = setTimeout(() => child.kill('SIGQUIT'), STOP_WITHIN_MS);
  await exit;
  clearTimeout(force);
}

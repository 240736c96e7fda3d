/**
 * Servers and checkers that some tests run: Prometheus with promtool, Alertmanager with amtool, Postgres, Redis.
 *
 * P1. They come from their Debian packages or not at all, and only where nobody needs to be asked: as root, on Debian.
 * P2. The services that the packages bring do not stay running: tests start their own.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { runChild } from './child.ts';

interface DebianPackage {
  readonly name: string;
  /** The service it brings, and starts. */
  readonly service: string;
  isInstalled(): Promise<boolean>;
}

const PACKAGES: readonly DebianPackage[] = [
  { name: 'prometheus', service: 'prometheus', isInstalled: () => canRun('promtool', 'prometheus') },
  { name: 'prometheus-alertmanager', service: 'prometheus-alertmanager', isInstalled: () => canRun('amtool') },
  {
    name: 'postgresql',
    service: 'postgresql',
    isInstalled: async () => hasPostgres() || (await canRun('initdb', 'postgres')),
  },
  { name: 'redis-server', service: 'redis-server', isInstalled: () => canRun('redis-server') },
];

const INSTALL = ['apt-get', 'install', '-y', '-q', '--no-install-recommends'];

/** Installs what is missing; says so where it cannot. Tests that need it then say what they miss. */
export async function ensurePackages(): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  const install = [...INSTALL, ...names];
  if (!isDebian() || process.getuid?.() !== 0) {
    return console.log(`missing for some tests: ${names.join(', ')}; as root on Debian: ${install.join(' ')}`); // P1
  }
  console.log(`installing for tests: ${names.join(', ')}`);
  process.env['DEBIAN_FRONTEND'] = 'noninteractive';
  const first = await runChild(install);
  const { ok, output } =
    first.ok || !(await runChild(['apt-get', 'update', '-q'])).ok ? first : await runChild(install);
  for (const { service } of missing) {
    await (existsSync('/run/systemd/system')
      ? runChild(['systemctl', 'disable', '--now', service])
      : runChild(['service', service, 'stop'])); // P2
  }
  if (!ok) console.log(`could not install ${names.join(', ')}:\n${output}`);
}

async function missingPackages(): Promise<DebianPackage[]> {
  const installed = await Promise.all(PACKAGES.map((each) => each.isInstalled()));
  return PACKAGES.filter((_, index) => installed[index] !== true);
}

async function canRun(...programs: string[]): Promise<boolean> {
  const ended = await Promise.all(programs.map((program) => runChild([program, '--version'])));
  return ended.every(({ ok }) => ok);
}

/** Debian keeps its programs out of the path. */
function hasPostgres(): boolean {
  const folder = '/usr/lib/postgresql';
  return existsSync(folder) && readdirSync(folder).some((version) => existsSync(`${folder}/${version}/bin/initdb`));
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * Prometheus and promtool, which some tests run.
 *
 * P1. They come from the Debian package or not at all, and only where nobody needs to be asked: as root, on Debian.
 * P2. The service that the package brings does not stay running.
 */
import { existsSync, readFileSync } from 'node:fs';
import { runChild } from './child.ts';

const INSTALL = ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'prometheus'];

/** Installs them where they are missing; says so where it cannot. Tests that need them then say what they miss. */
export async function ensurePrometheus(): Promise<void> {
  if (await isInstalled()) return;
  if (!isDebian() || process.getuid?.() !== 0) {
    return console.log(`prometheus and promtool are missing; as root on Debian: ${INSTALL.join(' ')}`); // P1
  }
  console.log('installing prometheus, for promtool');
  process.env['DEBIAN_FRONTEND'] = 'noninteractive';
  const first = await runChild(INSTALL);
  const { ok, output } =
    first.ok || !(await runChild(['apt-get', 'update', '-q'])).ok ? first : await runChild(INSTALL);
  if (!ok) return console.log(`could not install prometheus:\n${output}`);
  await (existsSync('/run/systemd/system')
    ? runChild(['systemctl', 'disable', '--now', 'prometheus'])
    : runChild(['service', 'prometheus', 'stop'])); // P2
}

async function isInstalled(): Promise<boolean> {
  return (await runChild(['promtool', '--version'])).ok && (await runChild(['prometheus', '--version'])).ok;
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Prometheus' and Alertmanager's own tools, run on rules. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What promtool says against these rules; empty when it agrees. */
export function lintOf(rules: string): string {
  const { status, stdout, stderr } = withFile(rules, (file) =>
    spawnSync('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', file], { encoding: 'utf8' }),
  );
  return status === 0 && /\d+ rules found/.test(stdout) ? '' : `${stdout}${stderr}`;
}

/** What `use` makes of a file with this text. */
export function withFile<T>(text: string, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cancelscope-rules-'));
  try {
    const file = join(folder, 'file.yml');
    writeFileSync(file, text);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

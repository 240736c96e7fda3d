/** Prometheus' own checker, as a second opinion on expressions. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether it is installed. */
export function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version']).error === undefined;
}

/** What it says against these expressions, each made into a recording rule; empty when it agrees with all. */
export function complaintsAbout(expressions: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cancelscope-rules-'));
  try {
    const file = join(folder, 'rules.yml');
    const rules = expressions.map((expr, index) => ({
      record: `panel:expression:${index}`,
      expr: withoutMacros(expr),
    }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'panels', rules }] })); // JSON is YAML
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    return status === 0 && stdout.includes(`${expressions.length} rules found`) ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withoutMacros(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '1h')
    .replaceAll(/"\$\w+"/g, '".+"');
}

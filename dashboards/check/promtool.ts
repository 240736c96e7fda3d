/** Prometheus' own checker, as the judge of expressions and of rules. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether it is installed. */
export function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version']).error === undefined;
}

/**
 * What it says against each of these expressions, made into recording rules; `undefined` where it agrees. One call.
 *
 * @throws {Error} it says something that is about none of them.
 */
export function judged(expressions: readonly string[]): (string | undefined)[] {
  const rules = expressions.map((expr, index) => ({ record: nameOf(index), expr }));
  const text = JSON.stringify({ groups: [{ name: 'panels', rules }] }); // JSON is YAML
  const { status, stdout, stderr } = checkRules(text, []);
  if (status === 0 && stdout.includes(`${expressions.length} rules found`)) return expressions.map(() => undefined);
  const said = expressions.map((_, index) => complaintOf(stderr, index));
  if (said.every((complaint) => complaint === undefined)) throw new Error(`promtool: ${stdout}${stderr}`);
  return said;
}

/** What it says against the text of a file of rules; `undefined` when it agrees. */
export function linted(rules: string): string | undefined {
  const { status, stdout, stderr } = checkRules(rules, ['--lint=all', '--lint-fatal']);
  return status === 0 && /[1-9]\d* rules found/.test(stdout) ? undefined : `${stdout}${stderr}`.trim();
}

function checkRules(
  text: string,
  options: readonly string[],
): { status: number | null; stdout: string; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cancelscope-rules-'));
  try {
    const file = join(folder, 'rules.yml');
    writeFileSync(file, text);
    return spawnSync('promtool', ['check', 'rules', ...options, file], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function nameOf(index: number): string {
  return `panel:expression${index}:query`;
}

/** Its complaint about a rule, which names it: `rule 3, "panel:expression3:query": could not parse expression: …`. */
function complaintOf(stderr: string, index: number): string | undefined {
  return stderr
    .split('\n')
    .find((line) => line.includes(`"${nameOf(index)}"`))
    ?.replace(/^.*?could not/, 'could not');
}

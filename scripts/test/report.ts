/** What a person reads while the steps run: one line a step. */

/** Prints that a step ended; the sign has a colour where there is a terminal. */
export function reportStep(name: string, ok: boolean, startedAt: number): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${ok ? paint(32, '✓') : paint(31, '✗')} ${name.padEnd(10)}${seconds.padStart(7)} s`);
}

function paint(code: number, text: string): string {
  return process.stdout.isTTY ? `\u001B[${code}m${text}\u001B[39m` : text;
}

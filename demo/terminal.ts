/**
 * What the terminal can do.
 */

/** Whether a screen can be drawn on it. */
export function canDraw(): boolean {
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb';
}

/** How large it is; a pipe has no size, and some terminals say 0. */
export function terminalSize(): { readonly columns: number; readonly rows: number } {
  const { columns, rows } = process.stdout;
  return { columns: columns || 100, rows: rows || 24 };
}

/** Whether it takes colours, and nobody said no. @see https://no-color.org */
export function wantsColours(): boolean {
  return canDraw() && (process.env['NO_COLOR'] ?? '') === '';
}

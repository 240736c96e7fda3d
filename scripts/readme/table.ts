/** Markdown tables. */

/** A table with these columns; a cell's `|` and line breaks are escaped. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, columns.map(() => '---'), ...rows.map((cells) => cells.map(escape))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Text as code. */
export function code(text: string): string {
  return `\`${text}\``;
}

function escape(cell: string): string {
  return cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}

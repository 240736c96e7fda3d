/**
 * Lines of text with colours: cut to a width first, coloured after.
 */

/** How a piece of text looks. */
export type Style = 'plain' | 'bold' | 'dim' | 'red' | 'yellow' | 'cyan';

/** A piece of a line. */
export type Piece = string | readonly [style: Style, text: string];

/** A line; a text alone is plain. */
export type Line = Piece | readonly Piece[];

const CODES: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '\u001b[1m',
  dim: '\u001b[2m',
  red: '\u001b[31m',
  yellow: '\u001b[33m',
  cyan: '\u001b[36m',
};
const RESET = '\u001b[0m';

/** The text of a line, at most `columns` long; the end is left out with an ellipsis. */
export function render(line: Line, columns: number, colours: boolean): string {
  let room = columns;
  let text = '';
  for (const [style, whole] of piecesOf(line)) {
    if (room <= 0) break;
    const shown = whole.length <= room ? whole : `${whole.slice(0, room - 1)}…`;
    room -= whole.length;
    text += colours && style !== 'plain' ? `${CODES[style]}${shown}${RESET}` : shown;
  }
  return text;
}

function piecesOf(line: Line): (readonly [Style, string])[] {
  const pieces = isStyled(line) || typeof line === 'string' ? [line] : line;
  return pieces.map((piece) => (typeof piece === 'string' ? ['plain', piece] : piece));
}

/** `['dim', 'text']` is one piece; a list of pieces may begin with a word that is no style. */
function isStyled(line: Line): line is readonly [Style, string] {
  return Array.isArray(line) && line.length === 2 && typeof line[0] === 'string' && Object.hasOwn(CODES, line[0]);
}

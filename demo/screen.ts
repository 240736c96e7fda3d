/**
 * The live screen. It draws over itself instead of clearing, so nothing flickers, and it has a screen of its own, so what
 * was there before comes back.
 */
import { footLine, headLines, type Panel, panelLines } from './frame.ts';
import { type Line, render } from './line.ts';
import type { Scene, Show } from './show.ts';
import { terminalSize, wantsColours } from './terminal.ts';

const DRAW_EVERY_MS = 250;
/** How long the lower half stays, to be read. */
const PANEL_EVERY_MS = 2_000;
const NOTE_FOR_MS = 8_000;

const OTHER_SCREEN = '\u001b[?1049h\u001b[?25l';
const BACK_TO_NORMAL = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE_EMPTY = '\u001b[K';
const REST_OF_SCREEN_EMPTY = '\u001b[J';

/** Takes the terminal over. Keys: `s` for spans, `q` and Ctrl-C for `quit`. */
export function showScreen(scene: Scene, quit: (what: string) => void): Show {
  const { stdin, stdout } = process;
  const colours = wantsColours();
  let panel: Panel = 'causes';
  let lines: Line[] = [];
  let linesAt = -Infinity;
  let note: string | undefined;

  const draw = (): void => {
    const { columns, rows } = terminalSize();
    const head = headLines(scene, columns, rows);
    const room = Math.max(0, rows - head.length - 1);
    if (performance.now() - linesAt >= PANEL_EVERY_MS) {
      lines = panelLines(panel, scene, room);
      linesAt = performance.now();
    }
    const body = lines.slice(0, room);
    const frame = [...head, ...body, ...Array<Line>(room - body.length).fill('')].slice(0, rows - 1);
    const text = [...frame, footLine(panel, note)].map((line) => render(line, columns, colours) + REST_OF_LINE_EMPTY);
    stdout.write(HOME + text.join('\r\n') + REST_OF_SCREEN_EMPTY);
  };
  const redraw = (): void => {
    linesAt = -Infinity;
    draw();
  };
  const onKey = (key: string): void => {
    if (key === 's') {
      panel = panel === 'causes' ? 'spans' : 'causes';
      redraw();
    } else if (key === 'q') {
      quit('the q key');
    } else if (key === '\u0003') {
      quit('Ctrl-C');
    }
  };
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    stdout.off('resize', redraw);
    if (stdin.isTTY) stdin.setRawMode(false).off('data', onKey).pause();
    stdout.write(BACK_TO_NORMAL);
  };

  stdout.write(OTHER_SCREEN);
  stdout.on('resize', redraw);
  process.once('exit', end).once('uncaughtExceptionMonitor', end); // an error is to be seen on the normal screen
  if (stdin.isTTY) stdin.setRawMode(true).setEncoding('utf8').on('data', onKey);
  const timer = setInterval(draw, DRAW_EVERY_MS);
  draw();
  return {
    note(text) {
      const [line] = text.split('\n');
      note = line;
      setTimeout(() => void (note = note === line ? undefined : note), NOTE_FOR_MS).unref();
    },
    end,
  };
}

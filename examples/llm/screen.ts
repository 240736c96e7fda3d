/**
 * What the reader sees: the text as it comes, and a notice below it while it is paused.
 *
 * V1. The notice leaves no trace: resumed, the text goes on where it stopped, in the middle of a word if need be.
 * V2. Nothing the model says reaches the terminal but text: a model is no more to be trusted with escape sequences than
 *     a stranger.
 * V3. Where output is no terminal, it is text and nothing else.
 */
import type { Writable } from 'node:stream';

/** Where text and notices go. */
export interface Screen {
  /** Shows text. */
  text(text: string): void;
  /** Shows a notice until {@link resumed}. */
  paused(notice: string): void;
  /** Takes the notice away. */
  resumed(): void;
  /** Ends the text; what follows stands on a line of its own. */
  end(): void;
}

/** What is asked of an output stream. */
export type Output = Pick<Writable, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

const DIM = '\u001b[2m';
const PLAIN = '\u001b[22m';
/** One line further down and up again: now there is a line below, also on the last line of the screen. */
const MAKE_ROOM = '\u001bD\u001bM';
const SAVE_CURSOR = '\u001b7';
const RESTORE_CURSOR = '\u001b8';
const EMPTY_BELOW = '\u001b[J';

// oxlint-disable-next-line no-control-regex -- they are what it is about
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Writes to `output`. */
export function createScreen(output: Output): Screen {
  const isTerminal = output.isTTY === true;
  let hasNotice = false;
  let lineIsEmpty = true;
  const takeNoticeAway = (): void => {
    if (hasNotice) output.write(RESTORE_CURSOR + EMPTY_BELOW);
    hasNotice = false;
  };
  return {
    text(text) {
      const safe = text.replaceAll(UNSAFE, ''); // V2
      if (safe === '') return;
      output.write(safe);
      lineIsEmpty = safe.endsWith('\n');
    },
    paused(notice) {
      if (!isTerminal) return; // V3
      takeNoticeAway();
      hasNotice = true;
      const oneLine = notice.slice(0, (output.columns || 80) - 1);
      output.write(`${MAKE_ROOM}${SAVE_CURSOR}\r\n${DIM}${oneLine}${PLAIN}`);
    },
    resumed: takeNoticeAway,
    end() {
      takeNoticeAway();
      if (!lineIsEmpty) output.write('\n');
      lineIsEmpty = true;
    },
  };
}

/**
 * What the keyboard means to the rest of the program: tokens that key presses cancel, wherever the keys are read.
 */
import { CancellationToken } from 'cancelscope';

/** The keyboard. */
export interface Keys extends AsyncDisposable {
  /** The token that the next SPACE cancels. The same one until that happens, so no press falls between two. */
  nextSpace(): CancellationToken;
  /** Cancelled by q and by Ctrl-C. */
  readonly stop: CancellationToken;
  /** Whether somebody can press a key at all. */
  readonly attended: boolean;
}

/** A key that means something. */
export type Key = 'space' | 'q' | 'Ctrl-C';

const MEANING: Readonly<Record<string, Key>> = { ' ': 'space', q: 'q', Q: 'q', '\u0003': 'Ctrl-C' };

/** Arrow keys and the like, and answers of the terminal: none of their characters is a key of its own. */
// oxlint-disable-next-line no-control-regex -- they are what it is about
const ESCAPE_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|.)/gs;

/** The keys among what the terminal sent; several may come at once. */
export function keysIn(sent: string): Key[] {
  return Array.from(sent.replaceAll(ESCAPE_SEQUENCES, '')).flatMap((character) => MEANING[character] ?? []);
}

/** {@link Keys.nextSpace}: makes a token when the last one is spent, and hands it to `arm`. */
export function spaceTokens(arm: (token: CancellationToken) => void): () => CancellationToken {
  let token: CancellationToken | undefined;
  return () => {
    if (token === undefined || token.isCancelled) arm((token = new CancellationToken({ name: 'space-key' })));
    return token;
  };
}

/** A keyboard nobody sits at. */
export function noKeys(): Keys {
  return {
    nextSpace: spaceTokens(() => {}),
    stop: new CancellationToken({ name: 'stop-key' }),
    attended: false,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * When the demo stops: at the end of its time, at Ctrl-C, at SIGTERM, with its terminal.
 *
 * P1. The second Ctrl-C ends the process at once, with 130. Signals that come together are one press: a terminal sends
 *     one, and npm passes it on.
 */
import { CancellationToken } from './cancelscope.ts';

const TOGETHER_MS = 300;

/** A token that is cancelled when the demo has to stop. */
export interface Stop {
  readonly token: CancellationToken;
  /** Stops it, as a key or signal called `what` does. */
  readonly press: (what: string) => void;
  /** Stops it in so many ms; `Infinity` for never. */
  readonly after: (durationMs: number) => void;
}

/** Watches the signals. */
export function watchForStop(): Stop {
  const token = new CancellationToken({ name: 'demo' });
  let pressedAt: number | undefined;
  const press = (what: string): void => {
    const now = performance.now();
    if (pressedAt === undefined) token.cancel('shutdown', what);
    else if (now - pressedAt > TOGETHER_MS) process.exit(130); // P1
    pressedAt ??= now;
  };
  process.on('SIGINT', press).on('SIGTERM', press).on('SIGHUP', press);
  return {
    token,
    press,
    after(durationMs) {
      if (durationMs !== Infinity) setTimeout(() => token.cancel('shutdown', 'its time is over'), durationMs);
    },
  };
}

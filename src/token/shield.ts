/**
 * Sections a cancel has to wait for.
 *
 * S8. The inner scope does not see the outer cancel, also one already pending; on return the outer cancel applies, but
 * an error of the body's own goes first. `maxMs` bounds the deferring from the moment a cancel is pending.
 */
import type { Timer } from './clock.ts';
import { checkedMs } from './deadline.ts';
import { hooks } from './process-state.ts';
import { requestCancel } from './request-cancel.ts';
import { runBody } from './run-body.ts';
import type { Scope } from './scope.ts';
import { scopeInfo } from './scope-info.ts';
import { checkedBody } from './scope-options.ts';

/** Options of {@link Scope.shield}. */
export interface ShieldOptions {
  /** How long a cancel may be held back, in ms; then the inner scope is cancelled too. Default `Infinity`. */
  readonly maxMs?: number;
}

/** Runs `body` in the scope `openInner` opens, which must not hang under `outer`'s token. */
export async function shield<T>(
  outer: Scope,
  openInner: () => Scope,
  body: (inner: Scope) => T | PromiseLike<T>,
  { maxMs = Infinity }: ShieldOptions = {},
): Promise<T> {
  checkedBody(body);
  checkedMs('maxMs', maxMs);
  const clock = outer._clock;
  const inner = openInner();
  let pendingSince: number | undefined;
  let timer: Timer | undefined;
  const letThrough = (): void => void requestCancel(inner.token, 'parent', undefined, ['shield'], outer.token.cause);
  const hold = (): void => {
    pendingSince = clock.now();
    if (maxMs !== Infinity) timer = clock.setTimer(letThrough, Math.max(0, maxMs));
  };
  const holding = outer.token._register(hold, false, true);
  try {
    const value = await runBody(inner, body);
    outer.token.throwIfCancelled();
    return value;
  } catch (error) {
    if (inner.outcome === 'cancelled') outer.token.throwIfCancelled();
    throw error;
  } finally {
    holding.dispose();
    timer?.clear();
    hooks.shieldLeft?.(scopeInfo(outer), { deferredMs: pendingSince === undefined ? 0 : clock.now() - pendingSince });
  }
}

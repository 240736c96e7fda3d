/**
 * What a client that goes away means for the work it asked for.
 */
import { reportClientDisconnect } from '../../instrumentation/index.ts';
import { Disposer, checkedMs, InvalidArgumentError, type NamedTrigger, type Timer } from '../../token/index.ts';
import type { DisconnectPhase } from './client-gone.ts';

/**
 * - `cancel`: the request is cancelled with reason `disconnect`.
 * - `detach`: the work goes on, for whoever reads its result later.
 * - `{ afterMs }`: it is cancelled if it has not ended by then.
 *
 * The disconnect itself is counted whatever becomes of the work.
 */
export type DisconnectPolicy = 'cancel' | 'detach' | { readonly afterMs: number };

/** Watches for the client to go away. What it returns stops watching. No phase: it went before, and that was told. */
export type WatchClient = (gone: (phase: DisconnectPhase | undefined) => void) => Disposable;

/** @throws {InvalidArgumentError} it is no policy. */
export function checkedPolicy(policy: DisconnectPolicy): DisconnectPolicy {
  if (policy === 'cancel' || policy === 'detach') return policy;
  if (typeof policy !== 'object' || policy === null) {
    throw new InvalidArgumentError('onDisconnect', '"cancel", "detach" or { afterMs }', policy);
  }
  checkedMs('onDisconnect.afterMs', policy.afterMs);
  return policy;
}

/** Cancels a scope when its client goes away, by a policy. */
export function onDisconnect(
  method: string,
  watch: WatchClient,
  policy: DisconnectPolicy = 'cancel',
  answer?: object,
): NamedTrigger {
  return {
    name: 'client',
    start(cancel, { clock }) {
      let timer: Timer | undefined;
      const give = (): void => cancel('disconnect', 'the client closed the connection');
      const watching = watch((phase) => {
        if (phase !== undefined) reportClientDisconnect({ method, phase }, answer);
        if (policy === 'cancel') give();
        else if (policy !== 'detach') timer = clock.setTimer(give, policy.afterMs);
      });
      return new Disposer(() => {
        watching[Symbol.dispose]();
        timer?.clear();
      });
    },
  };
}

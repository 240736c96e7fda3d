/**
 * The `virtual` backend, for tests: like `local`, and time stands still until the test moves it.
 */
import type { CancellationToken, Clock } from '../../token/index.ts';
import type { Backend } from '../backend.ts';
import { localBackend } from '../local/index.ts';

/** Holders on one thread that go by `clock`. */
export function virtualBackend(clock: Clock): Backend<CancellationToken> {
  return {
    ...localBackend,
    name: 'virtual',
    capabilities: { ...localBackend.capabilities, virtualTime: true },
    clock,
  };
}

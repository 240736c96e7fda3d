/**
 * What can be set before the first token is shared.
 */
import { InvalidArgumentError, InvalidStateError, processState, sharedSlot } from '../../token/index.ts';

/** Settings of {@link configureThreads}. */
export interface ThreadSettings {
  /** How many shared tokens may be live at once in this process; default 4096. 2 KiB of address space each. */
  readonly sharedTokens?: number;
}

const SHARED_TOKENS_MAX = 1_000_000;
const settings = sharedSlot('thread settings', () => ({ sharedTokens: 4096 }));

/**
 * Sets how much room there is for shared tokens.
 *
 * @throws {InvalidArgumentError} `sharedTokens` is no whole number from 1 to 1,000,000.
 * @throws {InvalidStateError} this thread has shared or attached a token already: call it first.
 *
 * @example
 * configureThreads({ sharedTokens: 20_000 });
 */
export function configureThreads({ sharedTokens = settings.sharedTokens }: ThreadSettings): void {
  if (!Number.isInteger(sharedTokens) || sharedTokens < 1 || sharedTokens > SHARED_TOKENS_MAX) {
    throw new InvalidArgumentError('sharedTokens', `a whole number from 1 to ${SHARED_TOKENS_MAX}`, sharedTokens);
  }
  if (processState.inbox !== null) {
    throw new InvalidStateError('configureThreads must come before the first shareToken or attachToken');
  }
  settings.sharedTokens = sharedTokens;
}

/** How many slots a new slab gets. */
export function slotCount(): number {
  return settings.sharedTokens;
}

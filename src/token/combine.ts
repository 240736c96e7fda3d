/**
 * Combining tokens and signals.
 *
 * T12. `any`: the first one cancels; of none, never. `all`: the last one cancels; of none, an error.
 */
import { linkSignal } from './adopt.ts';
import { InvalidArgumentError } from './errors.ts';
import { Link, type Quorum } from './link.ts';
import { tokenOfSignal } from './on-demand.ts';
import type { ReadonlyToken } from './readonly-token.ts';
import { receiveFor } from './shared-state.ts';
import type { CancellationToken } from './token.ts';
import { CANCELLED, isLive, type TreeNode, WATCHED, watch } from './tree.ts';
import { followCancelled } from './wave.ts';

/** What can cancel a combined token. */
export type TokenSource = CancellationToken | ReadonlyToken | AbortSignal;

/** `sources` as a list, every one of it checked before anything is linked. @throws {InvalidArgumentError} */
export function checkedSources(sources: Iterable<TokenSource>): TokenSource[] {
  const list = [...sources];
  for (const source of list) if (!(source instanceof AbortSignal)) tokenOf('sources', source);
  return list;
}

/** Links `target` to every source; the first one cancels it. */
export function combineAny<T extends CancellationToken>(target: T, sources: readonly TokenSource[]): T {
  for (const source of sources) linkTo(target, source, null);
  return target;
}

/** Links `target` to every source; the last one cancels it. */
export function combineAll<T extends CancellationToken>(target: T, sources: readonly TokenSource[]): T {
  if (sources.length === 0) throw new InvalidArgumentError('sources', 'at least one token or AbortSignal', 'none');
  const quorum = { missing: sources.length };
  for (const source of sources) linkTo(target, source, quorum);
  return target;
}

/** Makes `source` cancel `target`, or count for it; at once, when it has been cancelled. */
export function linkTo(target: CancellationToken, source: TokenSource, quorum: Quorum | null): void {
  receiveFor(target);
  if (!isLive(target)) return; // an earlier source has cancelled it: a link would never be taken back
  const own = source instanceof AbortSignal ? tokenOfSignal(source) : source;
  if (own === undefined) return linkSignal(source as AbortSignal, target, quorum);
  const token = tokenOf('sources', own);
  receiveFor(token);
  if (isLive(token)) {
    new Link(token, target, quorum);
    if (token._state === WATCHED) watch(target); // T15
    token._onDemand?.shared?.keep();
  } else if (token._state === CANCELLED && (quorum === null || --quorum.missing === 0)) {
    followCancelled(target, token);
  }
}

/** The token behind a view, or the token itself. @throws {InvalidArgumentError} naming `argument`. */
export function tokenOf(argument: string, source: CancellationToken | ReadonlyToken): CancellationToken & TreeNode {
  const token: unknown = isView(source) ? source._token : source;
  if (isToken(token)) return token;
  throw new InvalidArgumentError(argument, argument === 'sources' ? 'tokens or AbortSignals' : 'a token', source);
}

function isView(value: unknown): value is ReadonlyToken {
  return typeof value === 'object' && value !== null && '_token' in value;
}

/** By shape, not by class: the other copy's tokens are tokens too. */
function isToken(value: unknown): value is CancellationToken & TreeNode {
  return typeof value === 'object' && value !== null && '_serial' in value && '_state' in value;
}

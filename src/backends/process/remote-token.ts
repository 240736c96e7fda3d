/**
 * Tokens that come from another process, as they are made here.
 */
import { type CancellationCause, CancellationToken, type RemoteScope, takeIn } from '../../token/index.ts';

/** Ids from elsewhere are no longer than this. */
export const LONGEST_ID = 256;

/** What is known of a token that comes from the other process. */
export interface RemoteToken {
  readonly id: string;
  readonly name: string;
  readonly scope?: RemoteScope | undefined;
}

/** A token of this process that is known as `remote` elsewhere. */
export function remoteToken({ id, name, scope }: RemoteToken): CancellationToken {
  return new CancellationToken({ name }, undefined, name, undefined, { id, scope });
}

/** The same, cancelled. */
export function cancelledToken(remote: RemoteToken, cause: CancellationCause): CancellationToken {
  const token = remoteToken(remote);
  takeIn([[token, cause]]);
  return token;
}

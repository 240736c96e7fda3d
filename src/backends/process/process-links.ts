/**
 * The links of this process: one to each other process it shares tokens with.
 *
 * O3. A link comes with the first token shared or attached, and goes with its channel. Until then it answers what other
 *     processes ask of the registry.
 */
import { sharedSlot } from '../../token/index.ts';
import { type ChannelEnd, checkOpen, endOf, type ProcessChannel } from './channel.ts';
import { openPeer } from './channel-peer.ts';
import { ProcessLink } from './process-link.ts';

const links = sharedSlot('process links', () => new WeakMap<ChannelEnd, ProcessLink>());

/** The link through `channel`; a new one, if there is none yet. @throws {UnsupportedError} @throws {InvalidArgumentError} */
export function linkThrough(channel: ProcessChannel | undefined): ProcessLink {
  const end = endOf(channel);
  checkOpen(end);
  const known = links.get(end);
  if (known !== undefined) return known;
  const peer = openPeer(end);
  const link = new ProcessLink(peer);
  links.set(end, link);
  peer.onGone(() => links.delete(end));
  peer.joinRegistry();
  return link;
}

/** The link through `channel`, if there is one. @throws {InvalidArgumentError} */
export function existingLink(channel: ProcessChannel | undefined): ProcessLink | undefined {
  return links.get(endOf(channel));
}

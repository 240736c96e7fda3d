/**
 * Two links that talk to one another inside one process, on a virtual clock, over a channel whose faults the test chooses.
 * The far one believes to be another process: `madeFar` makes its tokens.
 */
import { ProcessLink } from '../../../src/backends/process/process-link.ts';
import { handleOf, type ProcessTokenHandle } from '../../../src/backends/process/index.ts';
import { opened, sealed } from '../../../src/backends/process/wire.ts';
import { type Message, Peer } from '../../../src/backends/link/index.ts';
import { CancellationToken, thisOrigin } from '../../../src/token/index.ts';
import { virtualClock, type VirtualClock } from '../../../src/testing/index.ts';

/** What becomes of one message. */
export type Fate = 'arrives' | 'is lost' | 'arrives twice' | 'arrives late';

/** How late, in ms. */
const LATE_MS = 120;

export interface LinkPair extends Disposable {
  readonly near: ProcessLink;
  readonly far: ProcessLink;
  readonly clock: VirtualClock;
  /** Every message sent, in order. */
  readonly sent: { readonly from: 'near' | 'far'; readonly message: Message }[];
  /** Says what becomes of each message from now on. */
  fate: (from: 'near' | 'far', message: Message) => Fate;
  /** Lets all arrive that is on its way, and what that brings about. */
  settle(): Promise<void>;
  /** A token of the near process, attached in the far one. */
  given(name: string): {
    readonly handle: ProcessTokenHandle;
    readonly here: CancellationToken;
    there: CancellationToken;
  };
  /** Something arrives at the near side that the far one never sent. */
  forge(message: unknown): void;
  close(): void;
}

const FAR_PID = 0;

export function linkPair(): LinkPair {
  const clock = virtualClock();
  const sent: LinkPair['sent'] = [];
  const peerOf = (from: 'near' | 'far', other: () => Peer): Peer =>
    new Peer({ ...thisOrigin, pid: from === 'near' ? FAR_PID : process.pid }, (message) => {
      sent.push({ from, message });
      const fate = pair.fate(from, message);
      const envelope = sealed(message);
      const deliver = (): void => other().receive(opened(envelope));
      if (fate === 'arrives late') clock.setTimer(deliver, LATE_MS);
      if (fate === 'arrives' || fate === 'arrives twice') clock.setTimer(deliver, 0);
      if (fate === 'arrives twice') clock.setTimer(deliver, 0);
    });
  const nearPeer: Peer = peerOf('near', () => farPeer);
  const farPeer: Peer = peerOf('far', () => nearPeer);
  const close = (): void => {
    nearPeer.close();
    farPeer.close();
  };
  const pair: LinkPair = {
    near: new ProcessLink(nearPeer, clock),
    far: new ProcessLink(farPeer, clock, FAR_PID),
    clock,
    sent,
    fate: () => 'arrives',
    settle: () => clock.advance(0),
    given(name) {
      const here = new CancellationToken({ name });
      const handle = handleOf(here);
      pair.near.share(here, 'gave');
      return { handle, here, there: pair.far.attach(handle, undefined) };
    },
    forge: (message) => nearPeer.receive(opened(sealed(message as Message))),
    close,
    [Symbol.dispose]: close,
  };
  return pair;
}

/**
 * What two processes tell one another about tokens: cancels, what became of them, and that a token is over.
 *
 * U1. A cancel is acknowledged by what became of it, and sent again until it is. Doubled messages change nothing.
 * U2. The other process can cancel what it was given, and nothing else: no token it was only lent, none it merely names.
 * U3. When the channel closes, tokens that came through it are cancelled as `error`: nobody could cancel them any more.
 *     Those that left through it may have other holders, and are not; cancels on their way there count as dropped.
 * U4. A token that ends without a cancel is forgotten on both sides; there it lives on, on its own.
 */
import {
  type CancellationCause,
  type CancellationToken,
  type Clock,
  InvalidStateError,
  reviveCause,
  systemClock,
} from '../../token/index.ts';
import type { Message, Peer } from '../link/index.ts';
import { reportCrossing } from './crossing.ts';
import { type HeldToken, heldTokenOf, type Part, telemetryName, type TokenLink } from './held-token.ts';
import { CANCEL_RESULTS, type CancelResult, KeptCancels } from './kept-cancels.ts';
import { OutgoingCancel, type Route } from './outgoing-cancel.ts';
import { cancelledToken, LONGEST_ID, type RemoteToken, remoteToken } from './remote-token.ts';

const FIRST_SWEEP = 64;
const UNANSWERED_MAX = 10_000;

/** Everything between this process and another one. */
export class ProcessLink implements TokenLink, Route {
  readonly clock: Clock;
  readonly #peer: Peer;
  readonly #madeHere: string;
  readonly #held = new Map<string, HeldToken>();
  readonly #outgoing = new Map<string, OutgoingCancel>();
  readonly #kept = new KeptCancels();
  #sweepAt = FIRST_SWEEP;
  #heard = false;
  #announced = false;

  constructor(peer: Peer, clock: Clock = systemClock, pid: number = process.pid) {
    this.clock = clock;
    this.#peer = peer;
    this.#madeHere = `${pid.toString(36)}-`;
    peer.on('hello', () => this.#hear());
    this.#on('cancel', (id, { cause }) => peer.send({ kind: 'ack', id, result: this.#take(id, cause) }));
    this.#on('ack', (id, { result }) => this.#answered(id, result));
    this.#on('gone', (id) => this.#forget(id));
    peer.onGone(() => this.#lost());
  }

  get isHeard(): boolean {
    return this.#heard;
  }

  /** Tokens both sides hold, cancels without an answer, and tokens of which something is remembered. */
  get counts(): { readonly tokens: number; readonly unanswered: number; readonly remembered: number } {
    return { tokens: this.#held.size, unanswered: this.#outgoing.size, remembered: this.#kept.size };
  }

  /** Gives the other process a token, or lends it one to read. */
  share(token: CancellationToken, part: 'gave' | 'lent'): void {
    const { cause } = token;
    if (cause === undefined) this.#hold(heldTokenOf(token), part);
    else this.#tell(token.id, telemetryName(token), cause, part); // handles given out before may not say so yet
  }

  /** The token that came as `remote`; cancelled, if it is known to be, by `cause` or by what arrived earlier. */
  attach(remote: RemoteToken, cause: CancellationCause | undefined): CancellationToken {
    this.#announce();
    const { id, name } = remote;
    const held = this.#held.get(id);
    const token = held?.token;
    if (held !== undefined && token !== undefined) {
      if (cause !== undefined && held.partOf(this) !== 'lent') held.takeIn(cause, this); // U2
      return token;
    }
    held?.end();
    const standing = this.#kept.causeOf(id) ?? cause;
    if (standing !== undefined) {
      this.#remember(id, standing);
      return cancelledToken(remote, standing);
    }
    if (this.#isMadeHere(id)) throw new InvalidStateError(`"${name}" is not held through this channel: it has ended`);
    const made = remoteToken(remote);
    this.#hold(heldTokenOf(made), 'given');
    return made;
  }

  send(message: Message): void {
    this.#peer.send(message);
  }

  sendCancel(held: HeldToken, cause: CancellationCause): void {
    this.#tell(held.id, held.name, cause, held.partOf(this));
  }

  forget(held: HeldToken, part: Part, cause: CancellationCause | undefined): void {
    if (this.#held.get(held.id) === held) this.#held.delete(held.id);
    this.#remember(held.id, cause);
    if (part !== 'given' && cause === undefined) this.#peer.send({ kind: 'gone', id: held.id }); // U4
  }

  ended({ id, name, part }: OutgoingCancel, how: 'answered' | 'dropped'): void {
    this.#outgoing.delete(id);
    if (how === 'dropped') reportCrossing(name, 'dropped', part);
  }

  /** Lets go of what nobody needs. */
  sweep(): void {
    for (const held of [...this.#held.values()]) held.loosen();
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#held.size);
  }

  #on(kind: string, handler: (id: string, message: Message) => void): void {
    this.#peer.on(kind, (message) => {
      const { id } = message;
      if (typeof id !== 'string' || id.length > LONGEST_ID) return;
      handler(id, message);
      this.#hear();
    });
  }

  /** From now on this process listens: the other one may have sent something before. */
  #announce(): void {
    if (!this.#announced) this.#announced = this.#peer.send({ kind: 'hello' });
  }

  /** The other process listens: what it may have missed is sent again. */
  #hear(): void {
    if (this.#heard) return;
    this.#heard = true;
    for (const outgoing of [...this.#outgoing.values()]) outgoing.on('listening');
  }

  #hold(held: HeldToken, part: Part): void {
    if (this.#held.size >= this.#sweepAt) this.sweep();
    held.link(this, part);
    this.#held.set(held.id, held);
  }

  #tell(id: string, name: string, cause: CancellationCause, part?: Part): void {
    if (this.#outgoing.has(id) || this.#peer.isGone) return;
    const outgoing = new OutgoingCancel(id, name, { kind: 'cancel', id, cause: cause.toJSON() }, this, part);
    this.#outgoing.set(id, outgoing);
    outgoing.start();
    if (this.#outgoing.size > UNANSWERED_MAX) for (const oldest of this.#outgoing.values()) return oldest.on('lost');
  }

  /** The other process cancels. @returns What became of it (U1). */
  #take(id: string, cause: unknown): CancelResult {
    const held = this.#held.get(id);
    if (held?.token === undefined) {
      if (this.#outgoing.has(id)) return 'already'; // both cancelled it
      return this.#isMadeHere(id) ? 'ended' : this.#kept.keep(id, reviveCause(cause));
    }
    if (held.partOf(this) === 'lent') return 'ended'; // U2
    return held.takeIn(reviveCause(cause), this) ? 'cancelled' : 'already';
  }

  #answered(id: string, result: unknown): void {
    const outgoing = this.#outgoing.get(id);
    if (outgoing === undefined || !CANCEL_RESULTS.includes(result as CancelResult)) return;
    if (result === 'ended') reportCrossing(outgoing.name, 'late', outgoing.part);
    outgoing.on('answered');
  }

  /** The other process says that a token it gave is over (U4). */
  #forget(id: string): void {
    const held = this.#held.get(id);
    if (held?.partOf(this) === 'given') {
      this.#held.delete(id);
      held.unlink(this);
      held.endIfAlone();
    }
    this.#kept.forget(id);
  }

  #lost(): void {
    const all = [...this.#held.values()];
    this.#held.clear();
    this.#kept.clear();
    for (const outgoing of [...this.#outgoing.values()]) outgoing.on('lost');
    const given = all.filter((held) => held.unlink(this) === 'given');
    for (const held of given) held.lose(`the channel to ${this.#peer.label} is closed`); // U3
    for (const held of all) held.endIfAlone();
  }

  /** Notes what became of a token, for messages about it that are on their way. Of those made here none matters. */
  #remember(id: string, cause: CancellationCause | undefined): void {
    if (!this.#isMadeHere(id) && !this.#peer.isGone) this.#kept.end(id, cause);
  }

  #isMadeHere(id: string): boolean {
    return id.startsWith(this.#madeHere);
  }
}

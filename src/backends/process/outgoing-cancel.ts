/**
 * One cancel on its way to another process, until that one has said what became of it.
 *
 *   sent ────────── overdue ─────────▶ sent          ten times in all
 *   sent ────────── overdue ─────────▶ parked        the tenth time, while nobody there listens yet
 *   sent ────────── overdue ─────────▶ dropped       the tenth time, although somebody does
 *   sent, parked ── they listen now ─▶ sent          ten times again
 *   sent, parked ── answered ────────▶ answered
 *   sent, parked ── channel lost ────▶ dropped
 *
 * N1. It is sent again as long as there is no answer: after 50 ms, then twice as long each time, at most a second. It
 *     is never given up because the other process was slow to start: as long as nobody there listens, it waits.
 * N2. It ends once, as answered or as dropped, and leaves no timer behind. Its timers keep no process alive.
 */
import type { Clock, Timer } from '../../token/index.ts';
import type { Message } from '../link/index.ts';
import type { Part } from './held-token.ts';

/** Where it is. */
export type Delivery =
  | { readonly state: 'sent'; readonly attempt: number }
  | { readonly state: 'parked' }
  | { readonly state: 'answered' }
  | { readonly state: 'dropped' };

/** What happens to it; `overdue` where somebody listens is another matter than where nobody does yet. */
export type DeliveryEvent = 'overdue' | 'overdue, unheard' | 'listening' | 'answered' | 'lost';

const ATTEMPTS = 10;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1000;

/** What becomes of it (N1). */
export function next(delivery: Delivery, event: DeliveryEvent): Delivery {
  if (delivery.state === 'answered' || delivery.state === 'dropped') return delivery; // N2
  switch (event) {
    case 'overdue':
    case 'overdue, unheard':
      if (delivery.state === 'parked') return delivery;
      if (delivery.attempt < ATTEMPTS) return { state: 'sent', attempt: delivery.attempt + 1 };
      return { state: event === 'overdue' ? 'dropped' : 'parked' };
    case 'listening':
      return { state: 'sent', attempt: 1 };
    case 'answered':
      return { state: 'answered' };
    case 'lost':
      return { state: 'dropped' };
  }
}

/** How long to wait for an answer to the attempt of this number, in ms. */
export function waitMs(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
}

/** What it goes out through. */
export interface Route {
  readonly clock: Clock;
  /** Whether the other process has been heard from. */
  readonly isHeard: boolean;
  send(message: Message): void;
  /** It has ended (N2). */
  ended(outgoing: OutgoingCancel, how: 'answered' | 'dropped'): void;
}

/** One of them. */
export class OutgoingCancel {
  readonly id: string;
  /** What the token is called in telemetry. */
  readonly name: string;
  /** What this process is to the other one. */
  readonly part: Part;
  readonly #message: Message;
  readonly #route: Route;
  #delivery: Delivery = { state: 'sent', attempt: 1 };
  #timer: Timer | null = null;

  /** @param message - The cancel itself, of the token `id`. It is sent when {@link start} is called. */
  constructor(id: string, name: string, message: Message, route: Route, part: Part = 'gave') {
    this.id = id;
    this.name = name;
    this.part = part;
    this.#message = message;
    this.#route = route;
  }

  start(): void {
    this.#enter(this.#delivery);
  }

  /** Moves it on. */
  on(event: DeliveryEvent): void {
    const delivery = next(this.#delivery, event);
    if (delivery !== this.#delivery) this.#enter(delivery);
  }

  #enter(delivery: Delivery): void {
    this.#delivery = delivery;
    this.#timer?.clear();
    this.#timer = null;
    if (delivery.state === 'answered' || delivery.state === 'dropped') this.#route.ended(this, delivery.state);
    if (delivery.state !== 'sent') return;
    this.#timer = this.#route.clock.setTimer(() => this.#overdue(), waitMs(delivery.attempt));
    this.#route.send(this.#message);
  }

  #overdue(): void {
    this.on(this.#route.isHeard ? 'overdue' : 'overdue, unheard');
  }
}

import { expect, test } from 'vitest';
import { entryAt, FREE, OWNER, slotAt, USED } from '../../../src/backends/thread/layout.ts';
import { reclaim } from '../../../src/backends/thread/reclaim.ts';
import { holdSlot, leaveSlot, takeSlot } from '../../../src/backends/thread/slots.ts';
import { randoms } from '../../support/barrier.ts';
import type { Operation } from '../../support/interrupts.ts';
import { Stepped, stepwise } from '../../support/schedules.ts';
import { generationOf, stateOf, taken } from './slot-bench.ts';

const ENTRIES = [0, 40, 80, 255] as const;
/** What each thread does before it ends. */
const TASKS = 3;

/** A thread at the slot. */
interface Actor {
  readonly entry: number;
  doing: { readonly what: 'take' | 'hold' | 'leave' | 'reclaim'; readonly run: Stepped<unknown> } | null;
  left: number;
  /** The generation of the slot that it holds, and will until it begins to let go. */
  holds: number | null;
  /** Somebody has held what it wants to hold since before it began. */
  sure: boolean;
}

/** Four threads at one slot, going on in an order that `seed` gives. */
class Play {
  readonly done: string[] = [];
  readonly wrong: string[] = [];
  readonly #random: (below: number) => number;
  readonly #all = taken(1, ENTRIES[0]);
  readonly #actors = ENTRIES.map((entry, index) => this.#actor(entry, index === 0 ? 1 : null));
  #dead: Actor | undefined;

  constructor(seed: number, withDeath: boolean) {
    this.#random = randoms(seed);
    const stickiness = 1 + this.#random(12);
    let killIn = withDeath ? this.#random(60) : -1;
    let actor: Actor | undefined;
    for (let ready = this.#ready(); ready.length > 0; ready = this.#ready()) {
      if (actor === undefined || !ready.includes(actor) || this.#random(stickiness) === 0) {
        actor = ready[this.#random(ready.length)] as Actor;
      }
      if (killIn-- === 0 && actor.doing?.what !== 'reclaim') this.#kill(actor);
      else this.#goOn(actor);
    }
    this.#putRight();
    this.#check();
  }

  #actor(entry: number, holds: number | null): Actor {
    Atomics.store(this.#all, entryAt(entry) + OWNER, threadOf(entry) + 1);
    return { entry, doing: null, left: TASKS, holds, sure: false };
  }

  #ready(): Actor[] {
    return this.#actors.filter(({ doing, left }) => doing !== null || left > 0);
  }

  #isHeld(): boolean {
    return this.#actors.some(({ holds }) => holds === 1);
  }

  /** From here on nobody can rely on what it holds. */
  #letGo(actor: Actor): void {
    actor.holds = null;
    for (const other of this.#actors) other.sure &&= this.#isHeld();
  }

  #kill(actor: Actor): void {
    this.done.push(`${actor.entry} dies at ${actor.doing?.what ?? 'nothing'}`);
    Object.assign(actor, { left: 0, doing: null });
    this.#letGo(actor);
    this.#dead = actor;
  }

  #goOn(actor: Actor): void {
    const { what, run } = (actor.doing ??= this.#begin(actor));
    run.step();
    if (!run.isDone) return;
    actor.doing = null;
    this.done.push(`${actor.entry} ${what} ${String(run.result)}`);
    if (what === 'take' && run.result === 0) actor.holds = generationOf(this.#all);
    if (what !== 'hold') return;
    if (run.result === true) actor.holds = 1;
    else if (actor.sure) this.wrong.push(`${actor.entry} was refused what another one holds`);
  }

  #begin(actor: Actor): NonNullable<Actor['doing']> {
    const { entry } = actor;
    const all = this.#all;
    const dead = this.#dead;
    actor.left--;
    if (dead !== undefined && this.#random(2) === 0) {
      return { what: 'reclaim', run: new Stepped(() => reclaim(all, threadOf(dead.entry), entry), isTelling) };
    }
    if (actor.holds !== null) {
      this.#letGo(actor);
      return { what: 'leave', run: new Stepped(() => leaveSlot(all, 0, entry)) };
    }
    actor.sure = this.#isHeld();
    if (this.#random(3) > 0) return { what: 'hold', run: new Stepped(() => holdSlot(all, 0, 1, entry)) };
    return { what: 'take', run: new Stepped(() => takeSlot(all, entry)) };
  }

  /** Somebody finds the dead one in the end. */
  #putRight(): void {
    const by = this.#actors.find((actor) => actor !== this.#dead) as Actor;
    if (this.#dead !== undefined) reclaim(this.#all, threadOf(this.#dead.entry), by.entry);
  }

  #check(): void {
    const { life, holders } = stateOf(this.#all);
    const expected = this.#actors.filter(({ holds }) => holds !== null);
    if (String(holders) !== String(expected.map(({ entry }) => entry)))
      this.wrong.push(`it is held by ${String(holders)}`);
    if (life !== (holders.length > 0 ? USED : FREE)) this.wrong.push(`its life is ${life}`);
    if (new Set(expected.map(({ holds }) => holds)).size > 1) this.wrong.push('two tokens are in it');
  }
}

/** Of what a reclaim does, what touches the slot, or decides whose task it is: all else would take long to walk through. */
function isTelling({ name, index }: Operation): boolean {
  return (index >= slotAt(0) && index < slotAt(1)) || (name === 'compareExchange' && index < slotAt(0));
}

function threadOf(entry: number): number {
  return 1_000 + entry;
}

test.each([
  ['of four threads at one slot, none is lost, shared out twice, or refused while it is held (S1, S2)', 20_000, false],
  ['with one of them dying in the middle, the same holds once it is reclaimed (S4, R1, R3)', 5_000, true],
])('in random schedules %s', { timeout: 60_000 }, (_what, schedules, withDeath) => {
  const first = Date.now() % 1_000_000;
  const wrong: string[] = [];
  const courses = new Set<string>();

  stepwise(() => {
    for (let seed = first; seed < first + schedules; seed++) {
      const play = new Play(seed, withDeath);
      courses.add(String(play.done));
      if (play.wrong.length > 0) wrong.push(`seed ${seed}: ${play.wrong.join(', ')} (${play.done.join(', ')})`);
    }
  });

  console.log(`slot schedules: seeds from ${first}, ${courses.size} courses of events in ${schedules} schedules`);
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(courses.size).toBeGreaterThan(schedules / 4);
});

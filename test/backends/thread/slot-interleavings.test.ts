import { describe, expect, test } from 'vitest';
import { holdSlot, leaveSlot, takeSlot } from '../../../src/backends/thread/slots.ts';
import { distinct, type Interrupt, interruptedAt, interruptedEverywhere } from '../../support/interrupts.ts';
import { FREED, generationOf, heldBy, stateOf, taken, words } from './slot-bench.ts';

describe('S1: a slot is free only when nobody holds it, whatever comes between', () => {
  test('one lets go while another begins to hold', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = taken(1);
      let held = false;
      return {
        body: () => leaveSlot(all, 0, 0),
        interrupt: () => (held = holdSlot(all, 0, 1, 40)),
        outcome: () => ({ held, ...stateOf(all) }),
      };
    });

    expect(outcomes.length).toBeGreaterThan(10);
    for (const { held, ...state } of outcomes) expect(state).toEqual(held ? heldBy(40) : FREED);
    expect(distinct(outcomes.map(({ held }) => held))).toContain(true);
  });

  test('one begins to hold while the only other lets go', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = taken(1, 40);
      let held = false;
      return {
        body: () => (held = holdSlot(all, 0, 1, 0)),
        interrupt: () => leaveSlot(all, 0, 40),
        outcome: () => ({ held, ...stateOf(all) }),
      };
    });

    expect(outcomes.length).toBeGreaterThan(2);
    for (const { held, ...state } of outcomes) expect(state).toEqual(held ? heldBy(0) : FREED);
  });

  test('the last two let go at once', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = taken(1);
      holdSlot(all, 0, 1, 40);
      return {
        body: () => leaveSlot(all, 0, 0),
        interrupt: () => leaveSlot(all, 0, 40),
        outcome: () => stateOf(all),
      };
    });

    expect(outcomes.length).toBeGreaterThan(2);
    expect(distinct(outcomes)).toEqual([FREED]);
  });

  test('one lets go while another takes the last slot', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = taken(1);
      let slot = -1;
      return {
        body: () => leaveSlot(all, 0, 0),
        interrupt: () => (slot = takeSlot(all, 40)),
        outcome: () => ({ slot, ...stateOf(all) }),
      };
    });

    expect(outcomes.length).toBeGreaterThan(10);
    for (const { slot, ...state } of outcomes) expect(state).toEqual(slot === 0 ? heldBy(40) : FREED);
  });

  test('a second thread that holds it keeps it good for a third, while the first lets go', () => {
    const most = interruptedAt([], () => leaveSlot(taken(1, 40), 0, 40));
    const refused: string[] = [];
    let tried = 0;

    for (let early = 0; early < most; early++) {
      for (let late = early; late < most; late++) {
        const all = taken(1, 40);
        let second = false;
        let third: boolean | undefined;
        const steps: Interrupt[] = [
          [early, () => (second = holdSlot(all, 0, 1, 0))],
          [late, () => (third = holdSlot(all, 0, 1, 80))],
        ];
        interruptedAt(steps, () => leaveSlot(all, 0, 40));
        if (second && third !== undefined) tried++;
        if (second && third === false) refused.push(`steps ${early} and ${late}`);
      }
    }

    expect(tried).toBeGreaterThan(30);
    expect(refused).toEqual([]);
  });
});

describe('S2: a handle of an earlier generation', () => {
  test('cannot hold the slot, also while it is being taken again', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = taken(1);
      leaveSlot(all, 0, 0);
      let stale = true;
      return {
        body: () => takeSlot(all, 0),
        interrupt: () => (stale = holdSlot(all, 0, 1, 40)),
        outcome: () => ({ stale, generation: generationOf(all), ...stateOf(all) }),
      };
    });

    expect(outcomes.length).toBeGreaterThan(3);
    expect(distinct(outcomes)).toEqual([{ stale: false, generation: 2, ...heldBy(0) }]);
  });

  test('leaves no trace when it tries while the slot is let go of', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = taken(2);
      let stale = true;
      return {
        body: () => leaveSlot(all, 0, 0),
        interrupt: () => (stale = holdSlot(all, 0, 1, 40)),
        outcome: () => ({ stale, ...stateOf(all) }),
      };
    });

    expect(outcomes.length).toBeGreaterThan(10);
    expect(distinct(outcomes)).toEqual([{ stale: false, ...FREED }]);
  });

  test('leaves no trace when the slot is let go of in the middle of its trying', () => {
    const outcomes = interruptedEverywhere(() => {
      const all = taken(2);
      let stale = true;
      return {
        body: () => (stale = holdSlot(all, 0, 1, 40)),
        interrupt: () => leaveSlot(all, 0, 0),
        outcome: () => ({ stale, ...stateOf(all) }),
      };
    });

    expect(outcomes.length).toBeGreaterThan(3);
    expect(distinct(outcomes)).toEqual([{ stale: false, ...FREED }]);
  });
});

test('of two that take the last slot at once, one gets it and one none', () => {
  const outcomes = interruptedEverywhere(() => {
    const all = words(2);
    takeSlot(all, 0);
    const got: number[] = [];
    return {
      body: () => got.push(takeSlot(all, 1)),
      interrupt: () => got.push(takeSlot(all, 40)),
      outcome: () => got,
    };
  });

  expect(outcomes.length).toBeGreaterThan(3);
  for (const got of outcomes) expect(new Set(got)).toEqual(new Set([-1, 1]));
});

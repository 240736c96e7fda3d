/** Conformance: who wins, and who reads it when. */
import { expect } from 'vitest';
import { gate, open } from '../support/gate.ts';
import { type Behaviour, seenThere, shared } from './behaviour.ts';

export const READING_AND_WINNING: readonly Behaviour[] = [
  {
    says: 'Both sides hold one token: the same id and name, live until somebody cancels',
    rules: 'B5',
    async run(bench) {
      await shared(bench, 'one');

      const [here, there] = [bench.here.read('one'), await bench.there.read('one')];

      expect(there).toEqual(here);
      expect(here).toMatchObject({ name: 'one', isCancelled: false, cause: undefined, thrown: undefined });
    },
  },
  {
    says: 'A cancel by the side that shared is read on the other, with reason, message and cause',
    rules: 'T1, B1, C3',
    async run(bench) {
      await shared(bench, 'down');

      expect(bench.here.cancel('down', 'shutdown', 'the process is draining')).toBe(true);
      await seenThere(bench, 'down');

      const here = bench.here.read('down');
      expect(await bench.there.read('down')).toEqual(here);
      expect(here).toMatchObject({ isCancelled: true, thrown: 'AbortError' });
      expect(here.cause).toMatchObject({ reason: 'shutdown', message: 'the process is draining' });
    },
  },
  {
    says: 'A cancel by the side that attached is read where it was shared, the same',
    rules: 'T1, B1, C3',
    async run(bench) {
      await shared(bench, 'up');

      expect(await bench.there.cancel('up', 'error', 'disk full')).toBe(true);
      await bench.here.whenCancelled('up');

      const here = bench.here.read('up');
      expect(here.cause).toMatchObject({ reason: 'error', message: 'disk full' });
      expect(await bench.there.read('up')).toEqual(here);
    },
  },
  {
    says: 'Whoever cancels later changes nothing, on either side',
    rules: 'C2, T1',
    async run(bench) {
      await shared(bench, 'settled');
      bench.here.cancel('settled', 'manual', 'first');
      await seenThere(bench, 'settled');

      expect(bench.here.cancel('settled', 'error')).toBe(false);
      expect(await bench.there.cancel('settled', 'error')).toBe(false);

      expect(bench.here.read('settled').cause?.message).toBe('first');
      expect((await bench.there.read('settled')).cause?.message).toBe('first');
    },
  },
  {
    says: 'Of two sides that cancel at the same time exactly one wins, and both have its cause',
    rules: 'T1',
    needs: 'oneWinner',
    async run(bench) {
      for (let round = 0; round < 50; round++) {
        const name = `race-${round}`;
        await shared(bench, name);
        const there = bench.there.cancel(name, 'manual', 'there');
        const here = bench.here.cancel(name, 'manual', 'here');
        expect([here, await there].filter(Boolean)).toHaveLength(1);
        expect(await bench.there.read(name)).toEqual(bench.here.read(name));
      }
    },
    async otherwise(bench) {
      await shared(bench, 'race');
      const there = bench.there.cancel('race', 'manual', 'there');
      expect(bench.here.cancel('race', 'manual', 'here')).toBe(true);
      expect(await there).toBe(true); // sent before the other's message could have arrived
      expect(bench.here.read('race').cause?.message).toBe('here');
      expect((await bench.there.read('race')).cause?.message).toBe('there');
      return 'one on each side: both keep the cause they took first';
    },
  },
  {
    says: 'The other side reads the cancel at once, without a turn of its event loop',
    rules: 'T8, B1',
    needs: 'readsAtOnce',
    async run(bench) {
      await shared(bench, 'at-once');
      if (bench.sameThread) {
        const there = bench.there.read('at-once');
        bench.here.cancel('at-once', 'manual', 'now');
        expect((await bench.there.read('at-once')).cause?.message).toBe('now');
        expect((await there).isCancelled).toBe(false);
        return;
      }
      const spinning = bench.there.spin('at-once'); // never yields until it reads it
      bench.here.cancel('at-once', 'manual', 'now');
      expect((await spinning)?.message).toBe('now');
    },
    async otherwise(bench) {
      await shared(bench, 'later');
      bench.here.cancel('later');
      await seenThere(bench, 'later');
      return 'with its event loop';
    },
  },
  {
    says: 'A blocked thread reads it too',
    rules: 'T8',
    needs: 'readsAtOnce',
    onOneThread: 'nobody else could cancel',
    async run(bench) {
      await shared(bench, 'blocked');
      const entered = gate();
      const cancelling = bench.there.pass(entered).then(() => bench.there.cancel('blocked', 'manual', 'while blocked'));
      open(entered);
      void bench.there.cancel('blocked', 'manual', 'while blocked');
      const endsAt = performance.now() + 20_000;
      while (!bench.here.read('blocked').isCancelled) expect(performance.now()).toBeLessThan(endsAt); // no turn here
      expect(bench.here.read('blocked').cause?.message).toBe('while blocked');
      await cancelling;
    },
    otherwise: () => Promise.resolve('once it is free again'),
  },
];

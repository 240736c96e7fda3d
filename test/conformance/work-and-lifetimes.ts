/** Conformance: listeners, derived tokens, scopes, and how long a token is there. */
import { expect } from 'vitest';
import { CancellationToken, cancelScope, everywhere } from '../../src/index.ts';
import { gate } from '../support/gate.ts';
import { type Behaviour, seenThere, shared } from './behaviour.ts';

export const WORK_AND_LIFETIMES: readonly Behaviour[] = [
  {
    says: 'Listeners run on their own side, outer before inner, each once',
    rules: 'T3, B1',
    async run(bench) {
      await shared(bench, 'outer');
      await bench.there.child('inner', 'outer');
      await bench.there.listen('inner');
      await bench.there.listen('outer');
      bench.here.listen('outer');

      bench.here.cancel('outer');
      bench.here.cancel('outer');
      await seenThere(bench, 'outer');

      expect(await bench.there.heard()).toEqual(['outer', 'inner']);
      expect(await bench.here.heard()).toEqual(['outer']);
    },
  },
  {
    says: 'What derives from a token on the other side is cancelled with it: children, `any`, `all`',
    rules: 'T2, T12',
    async run(bench) {
      await shared(bench, 'root');
      await bench.there.make('free');
      await bench.there.child('child', 'root');
      await bench.there.any('any', 'free', 'root');
      await bench.there.all('all', 'root', 'any');

      bench.here.cancel('root', 'timeout');
      await seenThere(bench, 'root');

      for (const name of ['child', 'any', 'all']) {
        expect((await bench.there.read(name)).cause, name).toMatchObject({ reason: 'parent' });
      }
      expect((await bench.there.read('free')).isCancelled).toBe(false);
    },
  },
  {
    says: 'A listener that comes too late runs at once',
    rules: 'T5',
    async run(bench) {
      await shared(bench, 'late');
      bench.here.cancel('late');
      await seenThere(bench, 'late');

      await bench.there.listen('late');

      expect(await bench.there.heard()).toEqual(['late']);
    },
  },
  {
    says: 'A cancel before the other side attaches is not lost',
    rules: 'S3',
    async run(bench) {
      bench.here.make('early');
      const handle = bench.here.share('early');
      bench.here.cancel('early', 'superseded', 'a newer job');

      await bench.there.attach('early', handle);
      await seenThere(bench, 'early');

      expect(await bench.there.read('early')).toEqual(bench.here.read('early'));
      bench.here.make('cancelled');
      bench.here.cancel('cancelled', 'deadline');
      await bench.there.attach('cancelled', bench.here.share('cancelled'));
      expect((await bench.there.read('cancelled')).cause?.reason).toBe('deadline');
    },
  },
  {
    says: 'Attached twice it is the same object',
    rules: 'B5',
    async run(bench) {
      bench.here.make('twice');
      const handle = bench.here.share('twice');
      await bench.there.attach('twice', handle);
      await bench.there.attach('again', handle);

      expect(await bench.there.isSame('twice', 'again')).toBe(true);
    },
  },
  {
    says: 'A side that lets go leaves the token to the others',
    rules: 'T14',
    onOneThread: 'one object: disposing it ends it',
    async run(bench) {
      await shared(bench, 'left');
      await bench.there.dispose('left');

      expect(await bench.there.cancel('left')).toBe(false);
      expect(bench.here.read('left').isCancelled).toBe(false);
      expect(bench.here.cancel('left')).toBe(true);
    },
  },
  {
    says: 'A very long message counts all the same',
    rules: 'C3',
    async run(bench) {
      await shared(bench, 'wordy');

      bench.here.cancel('wordy', 'manual', 'x'.repeat(100_000));
      await seenThere(bench, 'wordy');

      expect((await bench.there.read('wordy')).cause).toMatchObject({ reason: 'manual' });
      expect((await bench.there.read('wordy')).cause?.message).toMatch(/^x{100,}…?$/);
    },
  },
  {
    says: '`cancel()` waits for nobody, also while the other side is busy',
    rules: 'B1',
    onOneThread: 'there is nobody to wait for',
    async run(bench) {
      await shared(bench, 'busy');
      await bench.there.make('never');
      const busy = bench.there.pass(gate()).catch(() => {}); // blocked for good; the bench is stopped after this

      expect(bench.here.cancel('busy')).toBe(true);

      await bench.stop();
      await busy;
    },
  },
  {
    says: '`token.waitSync()` blocks a thread until the cancel',
    rules: 'W1, B2',
    needs: 'waitsSync',
    async run(bench) {
      await shared(bench, 'wait');
      const waiting = bench.there.waitSync('wait');
      bench.here.cancel('wait');
      expect(await waiting).toBe(true);
    },
    async otherwise(bench) {
      await shared(bench, 'wait');
      await expect(bench.there.waitSync('wait')).rejects.toMatchObject({ code: 'ERR_CANCELSCOPE_UNSUPPORTED' });
      return 'refused: `UnsupportedError`';
    },
  },
  {
    says: 'A scope over the token ends as `cancelled`, and its cause leads to the root',
    rules: 'S5, C1',
    async run(bench) {
      await bench.there.make('far');
      const token = bench.backend.attach(await bench.there.share('far'));
      const work = cancelScope('work', { token }, (scope) => scope.race(new Promise(() => {})));
      work.catch(() => {});

      await bench.there.cancel('far', 'disconnect', 'client gone');

      await expect(work).rejects.toMatchObject({ name: 'AbortError', reason: 'parent' });
      await work.catch((error: { cause: { root: unknown } }) =>
        expect(error.cause.root).toMatchObject({ reason: 'disconnect', message: 'client gone' }),
      );
    },
  },
  {
    says: 'A timeout on one side cancels the work on the other',
    rules: 'D1',
    async run(bench) {
      const { backend, there, advance = () => Promise.resolve() } = bench;
      let handle: unknown;
      const timedOut = cancelScope('budget', { timeoutMs: 20, clock: backend.clock }, async (scope) => {
        handle = backend.share(scope.token);
        await there.attach('budget', handle);
        await Promise.all([scope.race(new Promise(() => {})), advance(20)]);
      });

      await expect(timedOut).rejects.toMatchObject({ reason: 'timeout' });
      await seenThere(bench, 'budget');

      expect((await there.read('budget')).cause?.reason).toBe('timeout');
    },
  },
  {
    says: 'An ended token cannot be shared',
    rules: 'B2',
    onOneThread: 'a token is its own handle',
    async run(bench) {
      using token = new CancellationToken({ name: 'ended' });
      token.dispose();

      expect(() => bench.backend.share(token)).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
    },
  },
  {
    says: 'The registry lists scopes of the other side, and cancels one by id',
    rules: 'Y3',
    async run(bench) {
      await shared(bench, 'link'); // whoever shares a token is connected
      await bench.there.openScope('elsewhere');

      const { scopes } = await everywhere.snapshot();
      const found = scopes.find(({ name }) => name === 'elsewhere');

      expect(await everywhere.cancel(found?.id ?? 'none', 'manual', 'by id')).toBe('cancelled');
      expect(await bench.there.scopeCause('elsewhere')).toMatchObject({ reason: 'manual', message: 'by id' });
      await bench.there.closeScope('elsewhere');
    },
  },
  {
    says: 'Time stands still until it is moved',
    rules: 'D4',
    needs: 'virtualTime',
    async run({ backend, advance = () => Promise.resolve() }) {
      const night = cancelScope('night', { clock: backend.clock, timeoutMs: 8 * 3_600_000 }, (scope) =>
        scope.race(new Promise(() => {})),
      ).catch((error: { reason: string }) => error.reason);

      await advance(8 * 3_600_000);

      expect(await night).toBe('timeout');
    },
    otherwise: () => Promise.resolve('the time of the machine'),
  },
];

import { describe, expect, test } from 'vitest';
import { addRegistryPeer, answer, everywhere, type RegistryQuestion } from '../../src/instrumentation/index.ts';
import { thisOrigin } from '../../src/token/index.ts';
import { caught } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { neighbour, type Neighbour, never, ODD_ANSWERS, placed, question } from './everywhere-neighbours.ts';

guardLeaks();
guardUnhandled();
const openInTest = openerForTests();

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

describe('the snapshot of everywhere', () => {
  test('has what is open here first, then there, each with where it runs', async () => {
    const scope = openInTest({ attributes: { tenant: 'acme' } });
    neighbour('encoder', () => ({ scopes: [placed('t-1'), placed('t-2')], unreachable: [] }));

    const { scopes, unreachable } = await everywhere.snapshot();

    expect(scopes.map(({ id, origin }) => [id, origin.threadName])).toEqual([
      [scope.id, 'main'],
      ['t-1', 'encoder'],
      ['t-2', 'encoder'],
    ]);
    expect(scopes[0]).toMatchObject({ name: 'work', state: 'open', attributes: { tenant: 'acme' } });
    expect(scopes[0]?.origin).toEqual({ ...thisOrigin });
    expect(unreachable).toEqual([]);
  });

  test('is of this thread where there is no other', async () => {
    const scope = openInTest();

    expect(await everywhere.snapshot()).toMatchObject({ scopes: [{ id: scope.id }], unreachable: [] });
  });

  test('is whole with a quarter of a million scopes there', async () => {
    const many = Array.from({ length: 250_000 }, (_, i) => placed(`t-${i}`));
    using _encoder = addRegistryPeer({ label: 'encoder', ask: async () => ({ scopes: many, unreachable: [] }) });

    const { scopes } = await everywhere.snapshot();

    expect(scopes).toHaveLength(250_000);
  });
});

describe('Y4: a neighbour that does not answer', () => {
  test('in time is unreachable, and never waited for', async () => {
    neighbour('busy', () => never);
    neighbour('encoder', () => ({ scopes: [placed('t-1')], unreachable: [] }));

    const { scopes, unreachable } = await everywhere.snapshot({ withinMs: 5 });

    expect([scopes.map(({ id }) => id), unreachable]).toEqual([['t-1'], ['busy']]);
  });

  test.each(ODD_ANSWERS)('but %s, is unreachable, and the others are heard', async (_what, reply) => {
    neighbour('odd', reply);
    neighbour('encoder', () => ({ scopes: [placed('t-1')], unreachable: [] }));

    const found = await everywhere.snapshot({ withinMs: 1_000 });

    expect(found).toMatchObject({ scopes: [{ id: 't-1' }], unreachable: ['odd'] });
  });

  test('leaves no timer behind, nor does one that does', async () => {
    const before = timers();

    neighbour('encoder', () => ({ scopes: [], unreachable: [] }));
    await everywhere.snapshot({ withinMs: 60_000 });
    const answered = timers();
    neighbour('gone', () => Promise.reject(new Error('gone')));
    await everywhere.snapshot({ withinMs: 60_000 });
    const rejected = timers();
    neighbour('busy', () => never);
    await everywhere.snapshot({ withinMs: 5 });

    expect([answered, rejected, timers()]).toEqual([before, before, before]);
  });

  test('but knows of others, says who did not answer it', async () => {
    neighbour('encoder', () => ({ scopes: [], unreachable: ['process 1, thread 9 (far)'] }));

    expect((await everywhere.snapshot()).unreachable).toEqual(['process 1, thread 9 (far)']);
  });

  test('is named once, however many say so', async () => {
    for (const label of ['one', 'two'])
      neighbour(label, () => ({ scopes: [], unreachable: ['process 1, thread 9 (far)'] }));

    expect((await everywhere.snapshot()).unreachable).toEqual(['process 1, thread 9 (far)']);
  });

  test.each([Number.NaN, '5', null])('cannot be given %j ms: the option is named', async (withinMs) => {
    const options = { withinMs } as never;
    const wrong = { code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'withinMs' };

    expect(await caught((async () => everywhere.snapshot(options))())).toMatchObject(wrong);
    expect(await caught(everywhere.cancel('x', 'manual', undefined, options))).toMatchObject(wrong);
  });
});

describe('Y3: a question', () => {
  test('goes to every neighbour but the one it came from, who is given time to hear of the others', async () => {
    const scope = openInTest();
    const asker = neighbour('asker', () => ({ scopes: [], unreachable: [] }));
    const other = neighbour('other', () => ({ scopes: [placed('t-1')], unreachable: [] }));

    const found = await answer(question(), asker);

    expect(found).toMatchObject({ scopes: [{ id: scope.id }, { id: 't-1' }], unreachable: [] });
    expect([asker.asked.length, other.asked.length]).toEqual([0, 1]);
    expect(other.asked[0]?.withinMs).toBeLessThan(1_000);
  });

  test('that comes back by another way finds nothing new, and goes no further', async () => {
    const scope = openInTest();
    let rounds = 0;
    const back = (from: () => Neighbour) => (given: RegistryQuestion) =>
      rounds++ < 100 ? answer(given, from()) : never;
    // These two are linked to each other as well: what one is asked, it asks the other, who asks here.
    const one: Neighbour = neighbour(
      'one',
      back(() => two),
    );
    const two: Neighbour = neighbour(
      'two',
      back(() => one),
    );

    const { scopes, unreachable } = await everywhere.snapshot({ withinMs: 100 });

    expect(scopes.map(({ id }) => id)).toEqual([scope.id]);
    expect(unreachable).toEqual([]);
    expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
  });

  test.each([undefined, null])('that is %j is refused: whoever asked stops waiting by itself', async (odd) => {
    expect(await caught(answer(odd as never))).toBeInstanceOf(TypeError);
  });
});

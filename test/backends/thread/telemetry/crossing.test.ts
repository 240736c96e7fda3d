import { describe, expect, test } from 'vitest';
import { shareToken } from '../../../../src/backends/thread/index.ts';
import { CancellationToken } from '../../../../src/index.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { openerForTests } from '../../../support/open-in-test.ts';
import { agentForFile, listen } from './scope-agent.ts';

guardLeaks();
const openInTest = openerForTests();
const agent = agentForFile({ name: 'thumbnailer' });
const { run } = agent;

describe('a cancel that crosses threads', () => {
  test('has one cause: what monitors here are told of the scope there says the same as the token here', async () => {
    await using listening = await listen([agent]);
    const stop = new CancellationToken({ name: 'stop' });
    await run.attach('stop', shareToken(stop));
    const id = await run.start('render', { token: 'stop' });

    stop.cancel('disconnect', 'tab closed');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    const [settled] = listening.of('scopeSettled');
    const [delivered] = listening.of('cancelDelivered');
    expect(settled?.cause?.toJSON()).toMatchObject({ reason: 'parent', token: { id, name: 'render' } });
    expect(settled?.cause?.parent?.toJSON()).toEqual(stop.cause?.toJSON());
    expect(settled?.cause?.toJSON()).toEqual(await run.causeOf('render'));
    expect(delivered?.cause.toJSON()).toEqual(settled?.cause?.toJSON());
  });

  test.each([
    ['main thread', 'worker'],
    ['worker', 'main thread'],
  ])('is delivered over the boundary thread, from the %s to the %s', async (who) => {
    await using listening = await listen([agent]);
    const scope = openInTest();
    await run.attach('request', shareToken(scope.token));
    await run.start('render', { token: 'request' });

    if (who === 'worker') await run.cancel('request', 'manual', 'key pressed');
    else scope.cancel('manual', 'key pressed');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');
    await listening.heard('cancelDelivered', 'work');

    const of = (name: string): object =>
      listening.events.find((entry) => entry.hook === 'cancelDelivered' && entry.scope === name)?.event[1] as object;
    const [there, here] = who === 'worker' ? [of('work'), of('render')] : [of('render'), of('work')];
    const sourceThread = who === 'worker' ? 'thumbnailer' : 'main';
    expect(there).toMatchObject({ boundary: 'thread', sourceThread });
    expect(here).toMatchObject({ boundary: 'local', sourceThread });
  });

  test('is an edge from the scope here to the scope there', async () => {
    await using listening = await listen([agent]);
    const scope = openInTest();
    await run.attach('request', shareToken(scope.token));
    await run.start('render', { token: 'request' });
    await run.open('step', { parent: 'render' });

    scope.cancel();
    await run.close('step');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    expect(listening.of('propagated')).toEqual([
      { source: 'work', target: 'render', boundary: 'thread', result: 'delivered' },
      { source: 'render', target: 'step', boundary: 'local', result: 'delivered' },
    ]);
  });

  test.each(['here', 'there'])('is asked for and counted once over both, when it is asked for %s', async (where) => {
    await using listening = await listen([agent]);
    const stop = new CancellationToken({ name: 'stop' });
    await run.attach('stop', shareToken(stop));
    await run.start('render', { token: 'stop' });

    const won = where === 'here' ? stop.cancel('shutdown') : await run.cancel('stop', 'shutdown');
    await run.look('render');
    const again = [await run.cancel('stop'), stop.cancel()];
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    const requests = listening
      .of('cancelRequested')
      .map(({ result, sourceThread }) => `${result} from ${sourceThread}`);
    expect([won, ...again]).toEqual([true, false, false]);
    expect(requests.toSorted()).toEqual([
      `accepted from ${where === 'here' ? 'main' : 'thumbnailer'}`,
      'redundant from main',
      'redundant from thumbnailer',
    ]);
    expect(listening.of('tokenCancelled')).toHaveLength(1);
  });
});

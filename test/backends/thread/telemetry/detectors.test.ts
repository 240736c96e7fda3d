import { afterEach, describe, expect, test } from 'vitest';
import { configureTelemetry, registry } from '../../../../src/index.ts';
import { guardLeaks } from '../../../support/guard-leaks.ts';
import { agentForFile, listen } from './scope-agent.ts';

guardLeaks();
const agent = agentForFile();
const { run } = agent;

afterEach(() => configureTelemetry({ slowMs: 500, ignoredMs: 100 }));

describe('the detectors of this thread', () => {
  test('find a slow cancel of a worker’s scope while it runs, once', async () => {
    configureTelemetry({ slowMs: 1 });
    await using listening = await listen([agent]);
    await run.start('render');
    await run.cancel('render', 'superseded');

    await listening.heard('cancelSlow', 'render');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    expect(listening.of('cancelSlow')).toMatchObject([{ thresholdMs: 1, cause: { reason: 'superseded' } }]);
    expect(listening.sequence('render')).toEqual(['scopeOpened', 'cancelDelivered', 'cancelSlow', 'scopeSettled']);
  });

  test('find a scope of a worker that never looked, once', async () => {
    configureTelemetry({ ignoredMs: 0 });
    await using listening = await listen([agent]);
    await run.start('render');
    await run.cancel('render');

    await run.finish('render');
    await listening.heard('scopeIgnoredCancel', 'render');

    expect(listening.sequence('render').filter((hook) => hook === 'scopeIgnoredCancel')).toHaveLength(1);
  });

  test('do not find one that looked', async () => {
    configureTelemetry({ ignoredMs: 0 });
    await using listening = await listen([agent]);
    await run.start('render');
    await run.cancel('render');

    await run.look('render');
    await run.finish('render');
    await listening.heard('scopeSettled', 'render');

    expect(listening.of('scopeIgnoredCancel')).toEqual([]);
  });

  test('keep it in the history, so that its id is known here when it has ended', async () => {
    await using listening = await listen([agent]);

    const id = await run.open('render');
    await run.close('render');
    await listening.heard('scopeSettled', 'render');

    expect(registry.history()[0]).toMatchObject({ id, name: 'render', outcome: 'completed' });
    expect(registry.cancel(id)).toBe('settled');
  });

  test('find each once also where the worker has monitors, and detectors, of its own', async () => {
    configureTelemetry({ slowMs: 1, ignoredMs: 0 });
    await using listening = await listen([agent]);
    await run.monitor({ slowMs: 1, ignoredMs: 0 });
    await run.start('render');
    await run.cancel('render');

    await listening.heard('cancelSlow', 'render');
    await run.finish('render');
    await listening.heard('scopeIgnoredCancel', 'render');
    const there = await run.monitored();

    const found = (hooks: readonly string[]): string[] => hooks.filter((hook) => /Slow|Ignored/.test(hook));
    expect(found(listening.sequence('render'))).toEqual(['cancelSlow', 'scopeIgnoredCancel']);
    expect(found(there)).toEqual(['cancelSlow', 'scopeIgnoredCancel']);
  });
});

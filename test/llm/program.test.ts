import { execFile } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { STORY } from '../../examples/llm/story.ts';
import { parseExposition } from '../support/exposition.ts';
import { requirement } from '../support/installed.ts';
import { startOnPty } from '../support/pty.ts';
import { PROGRAM, startSession } from './program.ts';

vi.setConfig({ testTimeout: 60_000 });

const script = requirement('script');
const STORY_SHOWN = STORY.replace('!!CANCEL', '');

/** Runs it without a terminal. */
function run(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NODE_OPTIONS: '', GEMINI_API_KEY: undefined };
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe('without a terminal', () => {
  test('the demo tells its story to the end and says what happened', async () => {
    const { code, stdout, stderr } = await run('--demo', '--pace', '0');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(STORY_SHOWN);
    expect(stdout).toContain(`finished: ${STORY_SHOWN.length} characters in 2 segments`);
    expect(stdout).toContain('pauses: 0 by you, 1 by the model');
    expect(stdout).toMatch(/^1 .* paused by the model +([0-9a-f]{16}) {2}-\n2 .* finished +[0-9a-f]{16} {2}\1$/m);
    expect(stdout).not.toContain('\u001b');
  });

  test('--help says what it can do', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--keys worker') as string });
  });

  test.each([
    [['--keys', 'none'], '--keys is main or worker, not none'],
    [['--demo', '--busy', 'soon'], '--busy is a whole number from 0 to 60000, not soon'],
    [['--demo', '--url', 'http://127.0.0.1:1'], '--demo brings its own model'],
    [['--turbo'], '--turbo'],
    [[], 'no GEMINI_API_KEY'],
  ])('%j is refused with 2', async (args, message) => {
    const { code, stderr } = await run(...args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a model that is not there is a failure, with 1', async () => {
    const { code, stderr } = await run('--url', 'http://127.0.0.1:1');

    expect(code).toBe(1);
    expect(stderr).toContain('failed: ');
  });
});

describe.skipIf(script.skip)(`on a terminal${script.note}`, () => {
  test('the demo waits when its model asks, and SPACE lets it end', async () => {
    await using pty = startOnPty([process.execPath, PROGRAM, '--demo', '--pace', '0']);
    await pty.shows('[paused by the model: SPACE goes on, q stops]');
    const asked = pty.output();

    pty.press(' ');

    const { code, output } = await pty.ended();
    expect(code).toBe(0);
    expect(asked).toContain('Shall I tell you what he did?');
    expect(asked).not.toContain('He turned the lamp down.');
    expect(output).toContain('here, here, here.\r\n\r\nfinished: ');
    expect(output).not.toMatch(/!!|CANCEL/);
  });

  test.each(['main', 'worker'])(
    '/metrics has the metrics of the stream beside those of cancelscope, keys by %s',
    async (keys) => {
      const args = ['--keys', keys, '--metrics-port', '0'];
      await using session = await startSession({ pieces: ['Once ', 'upon ', 'a time'], args });
      await session.say(2, 'upon ');
      await session.press(' ', 'paused by you');
      const [url = ''] = /http:\S+\/metrics/.exec(session.pty.output()) ?? [];

      const metrics = parseExposition(await (await fetch(url)).text());

      expect(metrics.value('llm_pauses_total', { by: 'user' })).toBe(1);
      expect(metrics.value('llm_chunks_total')).toBe(2);
      expect(metrics.value('llm_time_to_first_token_seconds_count', { request: 'first' })).toBe(1);
      expect(metrics.value('llm_chunks_after_stop_total')).toBe(0);
      const settled = { scope: 'llm-segment', outcome: 'cancelled' };
      expect(metrics.value('cancellation_scopes_settled_total', settled)).toBe(1);
      expect(metrics.value('cancellation_latency_seconds_count', { scope: 'llm-segment', reason: 'manual' })).toBe(1);
      const [delivery] = metrics.find('cancellation_delivery_seconds_count');
      expect(delivery?.labels).toEqual(
        keys === 'main'
          ? { boundary: 'local', source_thread: 'main' }
          : { boundary: 'thread', source_thread: 'keyboard' },
      );
      await session.press('q', 'stopped by q');
    },
  );
});

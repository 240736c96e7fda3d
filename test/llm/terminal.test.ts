import { describe, expect, test, vi } from 'vitest';
import { requirement } from '../support/installed.ts';
import { eventually } from '../support/prometheus-server.ts';
import { startSession } from './program.ts';

vi.setConfig({ testTimeout: 60_000 });

const script = requirement('script');

const WORDS = Array.from({ length: 40 }, (_, index) => `word${index} `);
const CANCELLED = 'paused by you';
/** The longest a pause may take, from the key to the end of the segment, in ms. */
const AT_ONCE_MS = 50;

describe.skipIf(script.skip).each(['main', 'worker'])(`keys read by %s${script.note}`, (keys) => {
  test('SPACE pauses a silent model at once and lets it go on, seven times, and no text is lost', async () => {
    const pieces = [...WORDS, 'Shall I?!!CAN', 'CELThe ', 'end.\n'];
    await using session = await startSession({ pieces, args: ['--keys', keys] });
    const { faucet, press, pty, server } = session;

    for (let pause = 1; pause <= 7; pause++) {
      await session.say(3, `word${3 * pause - 1}`);
      await press(' ', CANCELLED);
      expect(await server.turns[pause - 1]?.ended).toBe('client left');
      await press(' ', '\u001b8');
    }
    await session.say(21, 'paused by the model');
    const beforeTheMarker = pty.output();
    faucet.allow(10);
    await press(' ', 'The end.');

    const { code, output, before, after } = await pty.ended();
    expect(code).toBe(0);
    expect(after).toBe(before);
    expect(await session.saved()).toBe(pieces.join('').replace('!!CANCEL', ''));
    expect(beforeTheMarker).not.toContain('The');
    expect(output).not.toMatch(/!!|CANCEL/);
    expect(output).toContain('pauses: 7 by you, 1 by the model');
    expect(medianIn(output)).toBeLessThan(AT_ONCE_MS);
    expect(server.turns).toHaveLength(9);
  });

  test.each([
    ['q', 0, 'q'],
    ['\u0003', 130, 'Ctrl-C'],
  ])('%j stops a silent model, and the terminal is as it was', async (key, code, name) => {
    await using session = await startSession({ pieces: WORDS, args: ['--keys', keys] });
    await session.say(3, 'word2');

    await session.press(key, `stopped by ${name} after`);

    const end = await session.pty.ended();
    expect(end).toMatchObject({ code, after: end.before });
    expect(await session.server.turns[0]?.ended).toBe('client left');
    expect(await session.saved()).toBe('word0 word1 word2 ');
  });

  test('q stops while paused', async () => {
    await using session = await startSession({ pieces: WORDS, args: ['--keys', keys] });
    await session.say(3, 'word2');
    await session.press(' ', CANCELLED);

    await session.press('q', 'stopped by q after');

    const end = await session.pty.ended();
    expect(end).toMatchObject({ code: 0, after: end.before });
  });

  test('the terminal is as it was after a failure', async () => {
    await using session = await startSession({ pieces: ['word0 ', '\u0000'], args: ['--keys', keys] });
    await session.say(1, 'word0');

    session.faucet.breakDown();

    const end = await session.pty.ended();
    expect(end).toMatchObject({ code: 1, after: end.before });
    expect(end.output).toMatch(/failed: /);
    expect(await session.saved()).toBe('word0 ');
  });

  test('the terminal is as it was after SIGTERM', async () => {
    await using session = await startSession({ pieces: WORDS, args: ['--keys', keys] });
    await session.say(1, 'word0');

    session.pty.signal('SIGTERM');

    const end = await session.pty.ended();
    expect(end).toMatchObject({ code: 143, after: end.before });
    expect(end.output).toContain('stopped by SIGTERM after');
  });

  test('the terminal is as it was after an error that nobody catches', async () => {
    const before = './crash.ts';
    await using session = await startSession({ pieces: WORDS, args: ['--keys', keys], before });
    await session.say(1, 'word0');

    session.pty.signal('SIGUSR2');

    const end = await session.pty.ended();
    expect(end).toMatchObject({ code: 1, after: end.before });
    expect(end.output).toContain('Error: a crash');
  });

  test('H2: paused and idle, it has no timer at all', async () => {
    const before = './report-resources.ts';
    await using session = await startSession({ pieces: WORDS, args: ['--keys', keys], before });
    await session.say(3, 'word2');
    await session.press(' ', CANCELLED);
    const reports: Report[] = [];
    const report = async (): Promise<Report> => {
      const from = session.pty.output().length;
      session.pty.signal('SIGUSR2');
      await session.pty.shows('</resources>', from);
      const [, json = ''] = /<resources>(.*)<\/resources>/.exec(session.pty.output().slice(from)) ?? [];
      const report = JSON.parse(json) as Report;
      reports.push(report);
      return report;
    };

    // The fetch of Node watches its connections with a timer that keeps nothing running, and gives it up on its own.
    await eventually(report, ({ timers }) => timers.length === 0);

    expect(reports.flatMap(({ running }) => running)).not.toContain('Timeout');
    expect(reports.at(-1)?.running).not.toContain('TCPSocketWrap');
    await session.press('q', 'stopped by q');
  });
});

test.skipIf(script.skip)(
  `W1: a worker pauses while the main loop computes for a minute at a time${script.note}`,
  async () => {
    const args = ['--keys', 'worker', '--busy', '60000'];
    await using session = await startSession({ pieces: WORDS, args });
    session.faucet.allow(1_000);

    for (let pause = 0; pause < 5; pause++) {
      await session.pty.shows(`word${pause} `);
      await session.press(' ', CANCELLED);
      await session.press(' ', '\u001b8');
    }
    await session.pty.shows('word5 ');
    await session.press('q', 'stopped by q');

    const { output } = await session.pty.ended();
    expect(output).toContain('pauses: 5 by you');
    expect(medianIn(output)).toBeLessThan(AT_ONCE_MS);
    expect(await session.saved()).toBe(WORDS.slice(0, 6).join(''));
  },
);

interface Report {
  readonly running: readonly string[];
  readonly timers: readonly string[];
}

function medianIn(output: string): number {
  return Number(/end of the segment: median ([\d.]+) ms/.exec(output)?.[1]);
}

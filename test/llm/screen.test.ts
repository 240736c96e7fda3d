import { describe, expect, test } from 'vitest';
import { createScreen, type Screen } from '../../examples/llm/screen.ts';

const ESCAPE = '\u001b';

/** A screen, and what it wrote. */
function recorded(isTTY: boolean, columns = 80): { screen: Screen; written: string[] } {
  const written: string[] = [];
  const output = { isTTY, columns, write: (text: string) => written.push(text) > 0 };
  return { screen: createScreen(output), written };
}

describe('createScreen', () => {
  test('V1: the notice goes away with all that was written since the cursor was saved', () => {
    const { screen, written } = recorded(true);

    screen.text('Once up');
    screen.paused('[paused]');
    screen.resumed();
    screen.text('on');

    expect(written[1]).toMatch(new RegExp(`${ESCAPE}7\\r\\n.*\\[paused\\]`));
    expect(written.slice(2)).toEqual([`${ESCAPE}8${ESCAPE}[J`, 'on']);
  });

  test('V1: a notice is one line, however narrow the terminal', () => {
    const { screen, written } = recorded(true, 10);

    screen.paused('[paused by you]');

    expect(written[0]).toContain('[paused b');
    expect(written[0]).not.toContain('[paused by');
  });

  test('V2: what the model says is text: no escape sequence reaches the terminal', () => {
    const { screen, written } = recorded(true);

    screen.text(`a${ESCAPE}]0;title\u0007b\r\u009b2Jc\td\n\u007f`);
    screen.text(ESCAPE);

    expect(written.join('')).toBe('a]0;titleb2Jc\td\n');
  });

  test('V3: where output is no terminal there is text and nothing else', () => {
    const { screen, written } = recorded(false);

    screen.text('Once up');
    screen.paused('[paused]');
    screen.resumed();
    screen.text('on');
    screen.end();

    expect(written.join('')).toBe('Once upon\n');
  });

  test('the end leaves the cursor on an empty line, and takes a notice away first', () => {
    const { screen, written } = recorded(true);
    screen.text('Once\n');
    screen.end();
    screen.text('more');
    screen.paused('[paused]');
    screen.end();

    expect(written.filter((text) => !text.includes('paused'))).toEqual([
      'Once\n',
      'more',
      `${ESCAPE}8${ESCAPE}[J`,
      '\n',
    ]);
  });
});

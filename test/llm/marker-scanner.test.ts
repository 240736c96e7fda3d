import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MarkerScanner, PAUSE_MARKER } from '../../examples/llm/marker-scanner.ts';

/** Text rich in markers and in what looks like one. */
const text = fc
  .array(
    fc.oneof(fc.constantFrom(PAUSE_MARKER, '!!CAN', '!', '!!', 'CEL', '!!!CANCEL', 'é', '🙂', ' ', 'L'), fc.string()),
  )
  .map((parts) => parts.join(''));

/** `text` in pieces, cut at any places. */
const cutText = text.chain((text) =>
  fc.array(fc.nat(text.length)).map((places) => {
    const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
    return { text, pieces: cuts.slice(1).map((end, index) => text.slice(cuts[index], end)) };
  }),
);

/** What is shown before each pause, and after the last one, by a reader who goes on at once each time. */
function shownBetweenPauses(pieces: readonly string[]): string[] {
  const scanner = new MarkerScanner();
  const shown = [''];
  for (const piece of pieces) {
    let scanned = scanner.push(piece);
    shown.push(`${shown.pop()}${scanned.show}`);
    while (scanned.paused) {
      scanned = scanner.resume();
      shown.push(scanned.show);
    }
  }
  shown.push(`${shown.pop()}${scanner.end()}`);
  return shown;
}

describe('MarkerScanner', () => {
  test('M1: any text, cut anywhere: what is shown between the pauses is what stands between the markers', () => {
    fc.assert(
      fc.property(cutText, ({ text, pieces }) => {
        expect(shownBetweenPauses(pieces)).toEqual(text.split(PAUSE_MARKER));
      }),
      { numRuns: 1_000 },
    );
  });

  test('M2: it never holds back as much as a marker, and nothing of text that has no start of one', () => {
    fc.assert(
      fc.property(cutText, ({ pieces }) => {
        const scanner = new MarkerScanner();
        for (const piece of pieces) {
          let scanned = scanner.push(piece);
          while (scanned.paused) scanned = scanner.resume();
          expect(scanner.held).toBeLessThan(PAUSE_MARKER.length);
        }
      }),
    );
    expect(new MarkerScanner().push('Once! Twice!! CANCEL')).toEqual({ show: 'Once! Twice!! CANCEL', paused: false });
  });

  test('M1: a marker in as many pieces as it has characters is found, and none of them shown', () => {
    const scanner = new MarkerScanner();

    const scanned = Array.from(`a${PAUSE_MARKER}`, (character) => scanner.push(character));

    expect(scanned.map(({ show }) => show).join('')).toBe('a');
    expect(scanned.map(({ paused }) => paused)).toEqual([...Array<boolean>(8).fill(false), true]);
  });

  test('M3: text behind the marker, and what comes while paused, is shown at the resume, not before', () => {
    const scanner = new MarkerScanner();

    const scanned = [scanner.push(`a${PAUSE_MARKER}b`), scanner.push('c')];

    expect(scanned).toEqual([
      { show: 'a', paused: true },
      { show: '', paused: true },
    ]);
    expect(scanner.end()).toBe('');
    expect(scanner.held).toBe(2);
    expect(scanner.resume()).toEqual({ show: 'bc', paused: false });
    expect(scanner.held).toBe(0);
  });

  test('M3: what was pushed back may hold the next marker', () => {
    const scanner = new MarkerScanner();
    scanner.push(`a${PAUSE_MARKER}b${PAUSE_MARKER}c`);

    expect(scanner.resume()).toEqual({ show: 'b', paused: true });
    expect(scanner.resume()).toEqual({ show: 'c', paused: false });
  });

  test('M4: a marker that never completes is shown at the end', () => {
    const scanner = new MarkerScanner();

    const { show } = scanner.push('really!!CANCE');

    expect(show).toBe('really');
    expect(scanner.end()).toBe('!!CANCE');
    expect(scanner.end()).toBe('');
  });
});

import { deflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bitmap, readPng } from '../../scripts/shoot/png/bitmap.ts';
import { paletted, type Paletted } from '../../scripts/shoot/png/palette.ts';
import { writePng } from '../../scripts/shoot/png/write.ts';

describe('a picture', () => {
  test('of each way to filter a row reads the same', () => {
    const rows = [
      [10, 20, 30, 40, 50, 60],
      [11, 22, 33, 44, 55, 66],
      [250, 240, 5, 6, 7, 8],
      [9, 8, 7, 200, 190, 180],
      [10, 10, 10, 12, 12, 12],
      [8, 8, 8, 99, 99, 99],
    ];

    const read = [0, 1, 2, 3, 4].map((filter) => [...readPng(trueColorPng(rows, filter)).data]);

    expect(read).toEqual(read.map(() => rows.flat()));
  });

  test('of another kind is refused (BM1)', () => {
    const png = writePng(paletted({ width: 1, height: 1, data: new Uint8Array(3) }));

    expect(() => readPng(png)).toThrow('another kind of PNG');
  });
});

describe('a palette', () => {
  test('keeps every colour of a picture that has 256 at most, as far as anybody can tell (PA1)', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 3, maxLength: 3 * 256 }), (bytes) => {
        const data = bytes.subarray(0, bytes.length - (bytes.length % 3));

        const shown = shownOf(paletted({ width: data.length / 3, height: 1, data }));

        expect(Math.max(...shown.map((value, index) => Math.abs(value - (data[index] ?? 0))))).toBeLessThan(4);
      }),
      { verbose: true },
    );
  });

  test('has 256 colours of any picture, close to those it had (PA2)', () => {
    const colors = Array.from({ length: 64 ** 2 }, (_, point) => [
      (point % 64) * 4,
      (point >> 6) * 4,
      (point * 7) % 256,
    ]);
    const data = Uint8Array.from(colors.flat());
    const picture: Bitmap = { width: 64, height: 64, data };

    const few = paletted(picture);

    const off = shownOf(few).map((value, index) => Math.abs(value - (data[index] ?? 0)));
    expect(few.colors).toHaveLength(256);
    expect(off.reduce((sum, each) => sum + each, 0) / off.length).toBeLessThan(24);
  });
});

/** What a reader sees: red, green and blue of each point. */
function shownOf({ colors, points }: Paletted): number[] {
  return [...points].flatMap((place) => [...(colors[place] ?? [])]);
}

/** A PNG of three bytes a point, every row filtered in one way. */
function trueColorPng(rows: readonly (readonly number[])[], filter: number): Buffer {
  const filtered = rows.flatMap((row, y) => [
    filter,
    ...row.map((value, x) => {
      const left = row[x - 3] ?? 0;
      const above = rows[y - 1]?.[x] ?? 0;
      const corner = rows[y - 1]?.[x - 3] ?? 0;
      return (value - [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!) & 0xff;
    }),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE((rows[0]?.length ?? 0) / 3, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([8, 2], 8);
  const chunks = [
    ['IHDR', header],
    ['IDAT', deflateSync(Buffer.from(filtered))],
  ] as const;
  return Buffer.concat([Buffer.alloc(8), ...chunks.map(([type, content]) => chunk(type, content))]);
}

function paeth(left: number, above: number, corner: number): number {
  const nearest = [left, above, corner].map((value) => Math.abs(left + above - corner - value));
  return [left, above, corner][nearest.indexOf(Math.min(...nearest))] ?? 0;
}

function chunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), content, Buffer.alloc(4)]);
}

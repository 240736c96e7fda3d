/**
 * Pictures as bytes: three to a point, row by row, read from a PNG.
 *
 * BM1. Only what Chromium writes is read: 8 bits a channel, red, green and blue with or without opacity, not interlaced.
 */
import { inflateSync } from 'node:zlib';

/** A picture without opacity. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue. */
  readonly data: Uint8Array;
}

const SIGNATURE_LENGTH = 8;
/** A chunk's length, its type and its checksum. */
const CHUNK_OVERHEAD = 12;

/** @throws {Error} It is another kind of PNG (BM1). */
export function readPng(png: Buffer): Bitmap {
  const { header, packed } = chunksOf(png);
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const [depth, kind, , , interlaced] = header.subarray(8);
  if (depth !== 8 || (kind !== 2 && kind !== 6) || interlaced !== 0) throw new Error('another kind of PNG'); // BM1
  const channels = kind === 2 ? 3 : 4;
  const rows = unfiltered(inflateSync(packed), width * channels, height, channels);
  const data = new Uint8Array(width * height * 3);
  for (let point = 0; point < width * height; point++) {
    for (let channel = 0; channel < 3; channel++) data[point * 3 + channel] = rows[point * channels + channel] ?? 0;
  }
  return { width, height, data };
}

function chunksOf(png: Buffer): { header: Buffer; packed: Buffer } {
  const packed: Buffer[] = [];
  let header: Buffer = Buffer.alloc(0);
  for (let at = SIGNATURE_LENGTH; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const content = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = content;
    if (type === 'IDAT') packed.push(content);
    at += length + CHUNK_OVERHEAD;
  }
  return { header, packed: Buffer.concat(packed) };
}

/** Undoes the filter of each row: a byte is written as its difference from what its neighbours foretell. */
function unfiltered(bytes: Buffer, rowLength: number, height: number, channels: number): Uint8Array {
  const rows = new Uint8Array(rowLength * height);
  for (let row = 0; row < height; row++) {
    const from = row * (rowLength + 1);
    const filter = bytes[from] ?? 0;
    const at = row * rowLength;
    for (let index = 0; index < rowLength; index++) {
      const left = index < channels ? 0 : (rows[at + index - channels] ?? 0);
      const above = row === 0 ? 0 : (rows[at + index - rowLength] ?? 0);
      const corner = row === 0 || index < channels ? 0 : (rows[at + index - rowLength - channels] ?? 0);
      rows[at + index] = (bytes[from + 1 + index] ?? 0) + foretold(filter, left, above, corner);
    }
  }
  return rows;
}

/** @see PNG specification, filter types, https://www.w3.org/TR/png-3/#9Filter-types */
function foretold(filter: number, left: number, above: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const sum = left + above - corner;
  const [toLeft, toAbove, toCorner] = [Math.abs(sum - left), Math.abs(sum - above), Math.abs(sum - corner)];
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

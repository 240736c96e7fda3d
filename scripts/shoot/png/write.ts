/** Pictures of few colours as PNG. */
import { crc32, deflateSync } from 'node:zlib';
import { readPng } from './bitmap.ts';
import { paletted, type Paletted } from './palette.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE_KIND = 3;

/** The same picture, smaller: with 256 colours at most. */
export function smaller(png: Buffer): Buffer {
  return writePng(paletted(readPng(png)));
}

/** A PNG with a palette. */
export function writePng({ width, height, colors, points }: Paletted): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, PALETTE_KIND, 0, 0, 0], 8);
  const rows = Buffer.alloc((width + 1) * height); // a row starts with its filter: none
  for (let row = 0; row < height; row++) {
    rows.set(points.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colors.flat())),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, checksum]);
}

/** Tasks that return something. */
import type { MessagePort } from 'node:worker_threads';
import type { Scope } from '../../../../../src/index.ts';
import { type Gate, open } from '../../../../support/gate.ts';

export default function echo(data: unknown): unknown {
  return data;
}

export async function later(data: unknown): Promise<unknown> {
  await new Promise((resolve) => setImmediate(resolve));
  return data;
}

export function pushed(list: string[]): string[] {
  list.push('there');
  return list;
}

export function size(buffer: ArrayBuffer): number {
  return buffer.byteLength;
}

export function increment(shared: Int32Array): void {
  Atomics.add(shared, 0, 1);
}

export function through({ port }: { port: MessagePort }): void {
  port.postMessage('through it');
  port.close();
}

export function surroundings(): unknown {
  return { mark: process.env['MARK'], argv: process.argv.slice(2) };
}

export function uncloneable(): unknown {
  return () => 'a function';
}

export function token(_data: unknown, scope: Scope): unknown {
  return scope.token;
}

/** Opens the gate when its thread is about to end. */
export function atTheEnd(shared: Gate): string {
  process.on('exit', () => open(shared));
  return 'done';
}

/** Runs another task in a worker of its own. */
export async function nested(data: unknown, scope: Scope): Promise<unknown> {
  return [await scope.runInWorker(import.meta.url, data), scope.name];
}

export const noFunction = 42;

/**
 * Patching of a platform's method, so that nobody can tell by its results.
 *
 * Z10. A method is patched once an isolate, by whichever copy comes first, and counted; not at all where another major
 *      version patches. What is put in its place is a Proxy: name, length, own keys, prototype and `toString()` are the
 *      original's, and the property keeps its flags. The original is found under {@link ORIGINAL}.
 * Z11. It is put back only where nobody has patched over it since; otherwise it stays, and only passes on.
 *
 * Two things do show: one more frame in a stack taken inside, and `Function.prototype.toString.call(method)`.
 */
import { Disposer } from '../token/index.ts';

/** Where a patched method keeps the original. */
export const ORIGINAL: unique symbol = Symbol.for('cancelscope.original') as never;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/**
 * What is done around each call; has to call `original` exactly once, with what it was given. `callee` is the function
 * below the caller's frame.
 */
export type Around = (original: Method, self: unknown, args: unknown[], callee: Callee) => unknown;

/** A function to look for in a stack. */
export type Callee = (...args: never[]) => unknown;

interface Patch {
  readonly owner: object;
  readonly key: string;
  readonly descriptor: PropertyDescriptor;
  readonly patched: Method;
  users: number;
}

const REGISTRY_KEY = 'cancelscope.patch.v1';
const REGISTRY = Symbol.for(REGISTRY_KEY);
const OTHER_VERSION = /^cancelscope\.patch\.v(?!1$)/;

function registry(): Map<string, Patch> {
  const holder = globalThis as { [REGISTRY]?: Map<string, Patch> };
  if (holder[REGISTRY] === undefined) {
    Object.defineProperty(holder, REGISTRY, { value: new Map(), configurable: true });
  }
  return holder[REGISTRY] as Map<string, Patch>;
}

/** Whether another major version has patched in this isolate (Z10). */
export function isPatchedByAnother(): boolean {
  return Object.getOwnPropertySymbols(globalThis).some((symbol) => OTHER_VERSION.test(Symbol.keyFor(symbol) ?? ''));
}

/** Puts `around` about `owner[key]`; undone when disposed, by the last who asked for it (Z11). */
export function patch(name: string, owner: object, key: string, around: Around): Disposable {
  const patches = registry();
  let found = patches.get(name);
  if (found === undefined) patches.set(name, (found = newPatch(owner, key, around, () => isOn(name))));
  found.users++;
  return new Disposer(() => {
    if (--found.users === 0) undo(name, found);
  });
}

function isOn(name: string): boolean {
  return registry().has(name);
}

function newPatch(owner: object, key: string, around: Around, on: () => boolean): Patch {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  const original: unknown = descriptor?.value;
  if (descriptor === undefined || typeof original !== 'function') throw new TypeError(`${key} is no method`);
  const apply = (target: Method, self: unknown, args: unknown[]): unknown =>
    on() ? around(target, self, args, apply) : Reflect.apply(target, self, args);
  const patched = new Proxy(original as Method, {
    apply,
    get(target, property, receiver) {
      if (property === ORIGINAL) return target;
      if (property === 'toString') return () => Function.prototype.toString.call(target);
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
  Object.defineProperty(owner, key, { ...descriptor, value: patched });
  return { owner, key, descriptor, patched, users: 0 };
}

function undo(name: string, { owner, key, descriptor, patched }: Patch): void {
  registry().delete(name); // from here it only passes on (Z11)
  if (Object.getOwnPropertyDescriptor(owner, key)?.value === patched) Object.defineProperty(owner, key, descriptor);
}

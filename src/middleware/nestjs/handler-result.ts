/**
 * What a handler returned: an interceptor is only given an Observable of it, and cannot tell a promise that goes on from
 * an Observable that ends when nobody listens.
 *
 * NJ1. Nest calls a handler by its `apply`. Each handler gets one of its own, once, that tells what it returned and
 *      changes nothing. Should Nest call it another way, nothing is told, and a result counts as a promise.
 */
import { isObservable } from 'rxjs';
import { currentScope, type Scope } from '../../token/index.ts';

type Handler = (...args: never[]) => unknown;

const watched = new WeakSet<Handler>();
/** Who waits in a scope. A property: in a WeakMap, scopes that their own entry holds outlive every young collection. */
const WAITING = Symbol('cancelscope.waiting');
type AwaitedScope = Scope & { [WAITING]?: () => void };

/** Calls `told` if the handler returns an Observable, or a promise of one, to the work of `scope`. */
export function onObservable(handler: Handler, scope: Scope, told: () => void): void {
  (scope as AwaitedScope)[WAITING] = told;
  if (watched.has(handler)) return;
  watched.add(handler);
  const apply = (self: unknown, args: unknown[]): unknown => {
    const result: unknown = Reflect.apply(handler, self, args);
    const tell = listener();
    if (tell === undefined) return result;
    if (isObservable(result)) tell();
    // Not any thenable: a lazy one, such as a query, starts when it is asked
    else if (result instanceof Promise)
      result.then(
        (value: unknown) => isObservable(value) && tell(),
        () => {},
      );
    return result;
  };
  Object.defineProperty(handler, 'apply', { value: apply, configurable: true, writable: true });
}

/** Whoever waits in this scope, or in one around it. */
function listener(): (() => void) | undefined {
  for (let scope: AwaitedScope | undefined = currentScope(); scope !== undefined; scope = scope.parent) {
    const told = scope[WAITING];
    if (told !== undefined) return told;
  }
  return undefined;
}

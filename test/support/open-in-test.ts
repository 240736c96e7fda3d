import { afterEach } from 'vitest';
import { openScope, type Scope, type ScopeOptions } from '../../src/index.ts';

/** Gives an `openScope` whose scopes are closed after each test of the file. Call it after `guardLeaks`, if that is used. */
export function openerForTests(): (options?: ScopeOptions) => Scope {
  const opened: Scope[] = [];
  afterEach(() => {
    for (const scope of opened.splice(0).reverse()) scope.close();
  });
  return (options) => {
    const scope = openScope('work', options);
    opened.push(scope);
    return scope;
  };
}

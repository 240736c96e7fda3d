/** Tasks that tell of the scope and the thread they run in. */
import { threadId } from 'node:worker_threads';
import { attachToken, type SharedTokenHandle } from '../../../../../src/backends/thread/index.ts';
import { type CancellationCauseData, currentScope, registry, type Scope } from '../../../../../src/index.ts';
import { scopeInfo } from '../../../../../src/token/index.ts';

/** What a task runs in. */
export interface OwnScope {
  readonly isCurrent: boolean;
  readonly isCurrentLater: boolean;
  readonly name: string;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly parentName: string | undefined;
  readonly remainingMs: number;
  readonly attributes: unknown;
  readonly listed: readonly string[];
  readonly threadId: number;
}

export default async function describe(_data: unknown, scope: Scope): Promise<OwnScope> {
  const isCurrent = currentScope() === scope;
  const listed = registry.snapshot().map(({ id }) => id);
  await new Promise((resolve) => setImmediate(resolve));
  const { parentId, parentName, attributes } = scopeInfo(scope);
  return {
    isCurrent,
    isCurrentLater: currentScope() === scope,
    name: scope.name,
    id: scope.id,
    parentId,
    parentName,
    remainingMs: scope.remainingMs,
    attributes,
    listed,
    threadId,
  };
}

/** Cancels a token of the caller's. */
export function cancelFromHere(handle: SharedTokenHandle): CancellationCauseData | undefined {
  const token = attachToken(handle);
  token.cancel('condition', 'from the worker');
  return token.cause?.toJSON();
}

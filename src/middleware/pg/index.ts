/**
 * Queries of `pg` that stop when their scope is cancelled, at the server too.
 */
export { cancellableQuery, type CancellableQueryOptions } from './cancellable-query.ts';

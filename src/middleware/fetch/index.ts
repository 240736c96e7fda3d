/**
 * `fetch` in scopes.
 */
export type { OutgoingBudget } from '../http/index.ts';
export type { OutgoingOptions, OutgoingRequest } from '../outgoing/index.ts';
export { cancellableFetch, type FetchOptions } from './cancellable-fetch.ts';

/**
 * An interceptor for dispatchers of undici.
 */
export type { OutgoingBudget } from '../http/index.ts';
export type { OutgoingOptions, OutgoingRequest } from '../outgoing/index.ts';
export { cancellation } from './cancellation.ts';

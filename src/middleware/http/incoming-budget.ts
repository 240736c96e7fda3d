/**
 * The budget that comes in with a request (H4): it counts from peers the service trusts, and only shortens.
 */
import { InvalidArgumentError } from '../../token/index.ts';
import { budgetHeader, readBudget } from './budget.ts';

/** Whose budgets count. */
export interface IncomingBudget<Request> {
  /** Whether this request's peer is trusted: by its certificate, its address, a checked token; never by a header that anybody can set. */
  readonly trust: (request: Request) => boolean;
  /** Default {@link BUDGET_HEADER}. */
  readonly header?: string | undefined;
}

/** @throws {InvalidArgumentError} naming the option that cannot be what it is. */
export function checkedIncomingBudget<Request>(budget: IncomingBudget<Request>): IncomingBudget<Request> {
  if (typeof budget?.trust !== 'function') throw new InvalidArgumentError('budget.trust', 'a function', budget?.trust);
  budgetHeader(budget.header);
  return budget;
}

/**
 * What is left of the client's time, in ms; undefined where it does not say so, or is not trusted. Never throws: a peer
 * whose trust cannot be told is not trusted.
 */
export function incomingBudget<Request>(
  budget: IncomingBudget<Request> | undefined,
  request: Request,
  headerOf: (name: string) => unknown,
): number | undefined {
  if (budget === undefined) return undefined;
  const leftMs = readBudget(headerOf(budgetHeader(budget.header)));
  if (leftMs === undefined) return undefined;
  try {
    return budget.trust(request) === true ? leftMs : undefined;
  } catch {
    return undefined;
  }
}

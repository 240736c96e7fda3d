/**
 * The budget header: what is left of a request's time, told to the next service.
 *
 * H4. What comes in counts only from peers that the service trusts, and only shortens.
 * H5. It goes out as what is left, in whole ms rounded down, never as a time of day: clocks differ, and it never grows on
 *     the way. It goes to listed hosts only.
 */
import { InvalidArgumentError, type Scope } from '../../token/index.ts';

/** The header's name, unless another is chosen. */
export const BUDGET_HEADER = 'x-request-budget-ms';

/** Where budgets go out to. */
export interface OutgoingBudget {
  /** Hosts that are told: `api.example.com`, `api.example.com:8443`, or `*.example.com` for all below. */
  readonly hosts: readonly string[];
  /** Default {@link BUDGET_HEADER}. */
  readonly header?: string;
}

/** A header to be sent. */
export type Header = readonly [name: string, value: string];

/** What tells a host how much is left of the scope's time; nothing where it has no deadline or the host is not listed (H5). */
export type BudgetFor = (host: string, scope: Pick<Scope, 'remainingMs'> | undefined) => Header | undefined;

/** @throws {InvalidArgumentError} naming the option that cannot be what it is. */
export function outgoingBudget(budget: OutgoingBudget | undefined): BudgetFor {
  if (budget === undefined) return () => undefined;
  const { hosts } = budget;
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string' && host !== '')) {
    throw new InvalidArgumentError('budget.hosts', 'a list of hosts, such as "*.internal"', hosts);
  }
  const header = budgetHeader(budget.header);
  const listed = hosts.map((host) => host.toLowerCase());
  return (host, scope) => {
    const leftMs = scope?.remainingMs ?? Infinity;
    return leftMs !== Infinity && isListed(listed, host.toLowerCase())
      ? [header, String(Math.floor(leftMs))]
      : undefined;
  };
}

function isListed(listed: readonly string[], host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return listed.some(
    (each) => each === host || each === name || (each.startsWith('*.') && name.endsWith(each.slice(1))),
  );
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/** The header's name, in lower case. @throws {InvalidArgumentError} it cannot be one. */
export function budgetHeader(header: unknown = BUDGET_HEADER): string {
  if (typeof header === 'string' && HEADER_NAME.test(header)) return header.toLowerCase();
  throw new InvalidArgumentError('budget.header', 'the name of a header', header);
}

/** Ten digits are more than a hundred days. */
const WHOLE_MS = /^\d{1,10}$/;

/** The budget in a header's value, in ms; undefined where there is none, or it is no whole number. Never throws. */
export function readBudget(value: unknown): number | undefined {
  return typeof value === 'string' && WHOLE_MS.test(value) ? Number(value) : undefined;
}

/**
 * What calls to other services have in common: their options, checked once, and what follows from them.
 *
 * C10. Unless the program names its calls, their names are few: the kind of call, and the entry that lists the host.
 *      A path never is in one, nor a host that only a pattern lists.
 */
import { checkedMs, InvalidArgumentError, openScope, type Scope } from '../../token/index.ts';
import { type BudgetFor, type OutgoingBudget, outgoingBudget } from '../http/index.ts';

/** What is known of a call before it is made. */
export interface OutgoingRequest {
  readonly method: string;
  /** With the port, unless it is the protocol's own: `api.internal:8443`. */
  readonly host: string;
  /** With the query. Holds ids: name calls by what it stands for. */
  readonly path: string;
}

/** Options of calls to other services. */
export interface OutgoingOptions {
  /**
   * Names a call's scope: a kind of work, never with an id in it. Default: the kind of call, and the entry of
   * `budget.hosts` that lists the host, such as `fetch:*.internal`; for other hosts the kind alone.
   */
  readonly name?: (request: OutgoingRequest) => string;
  /** What a call may take, its answer's body included, in ms; it ends with reason `timeout`. Default none. */
  readonly timeoutMs?: number;
  /** Which hosts are told how much time is left, and by which header. Default none. */
  readonly budget?: OutgoingBudget;
}

/** What one set of options makes of each call. */
export class CallPlan {
  /** `Infinity` for none. */
  readonly timeoutMs: number;
  /** What a host is told. */
  readonly headerFor: BudgetFor;
  readonly #kind: string;
  readonly #name: OutgoingOptions['name'];
  readonly #listed: readonly (readonly [name: string, lists: BudgetFor])[];
  #warned = false;

  /** @throws {InvalidArgumentError} naming the option that cannot be what it is. */
  constructor(kind: string, options: OutgoingOptions) {
    if (typeof options !== 'object' || options === null)
      throw new InvalidArgumentError('options', 'an object', options);
    const { name, timeoutMs, budget } = options;
    if (name !== undefined && typeof name !== 'function') {
      throw new InvalidArgumentError('name', 'a function that names a request', name);
    }
    this.#kind = kind;
    this.#name = name;
    this.timeoutMs = timeoutMs === undefined ? Infinity : checkedMs('timeoutMs', timeoutMs);
    this.headerFor = outgoingBudget(budget);
    this.#listed = (budget?.hosts ?? []).map((host) => [`${kind}:${host}`, outgoingBudget({ hosts: [host] })]);
  }

  /** Whether it matters where a call goes. */
  get readsRequests(): boolean {
    return this.#name !== undefined || this.#listed.length > 0;
  }

  /** Opens the scope of a call, in the ambient one; the caller's own signal cancels it too. */
  open(request: OutgoingRequest, signal: AbortSignal | undefined): Scope {
    const { timeoutMs } = this;
    return openScope(this.#nameOf(request), signal === undefined ? { timeoutMs } : { timeoutMs, signal });
  }

  #nameOf(request: OutgoingRequest): string {
    if (this.#name === undefined) return this.#defaultName(request.host); // C10
    try {
      const name: unknown = this.#name(request);
      if (typeof name === 'string' && name !== '') return name;
      this.#warn(new InvalidArgumentError('name', 'a function that returns a name', name));
    } catch (error) {
      this.#warn(error);
    }
    return this.#defaultName(request.host);
  }

  #defaultName(host: string): string {
    return this.#listed.find(([, lists]) => lists(host, OVER) !== undefined)?.[0] ?? this.#kind;
  }

  /** A call is not lost for want of a name; said once. */
  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    let text = 'an error that cannot be printed';
    try {
      text = String(error);
    } catch {
      // said above
    }
    process.emitWarning(`A call to another service could not be named, and is called "${this.#kind}": ${text}`, {
      type: 'CancelScopeWarning',
      code: 'CANCELSCOPE_CALL_NAME',
    });
  }
}

/** A budget that any listed host is told. */
const OVER = { remainingMs: 0 };

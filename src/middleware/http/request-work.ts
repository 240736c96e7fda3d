/**
 * A request whose handlers a framework calls: its scope, from before they run until they and the answer have ended.
 *
 *   open ──handler──▶ working ──handlers ended, answer closed──▶ ended
 *
 * Q1. The scope ends when the answer is closed and every handler that returned a promise has settled, so work that goes
 *     on for nobody is seen, and so is an answer that streams on after its handler has returned.
 * Q2. Cancelled before it is answered, with no handler left that could have ignored that, it counts as cancelled.
 * Q3. What a handler throws because of the request's own cancel becomes an error that frameworks answer by H6. Anything
 *     else stays what it is.
 * Q4. Cancelled while its answer streams on with no handler left, it is stranded: nobody else would end that answer. So
 *     it is, too, when it is given up. A last part that the cancel itself sends has one turn of the loop to go out.
 */
import { cancelScope, CancelledError, currentScope, type Scope } from '../../token/index.ts';
import { checkRequestOptions, type RequestOptions } from './request-options.ts';
import { planRequest, type RequestPlan, type RequestView } from './request-plan.ts';

/** Where a scope has its work: a WeakMap with an entry for every request costs more than all the rest of its work. */
const WORK = Symbol('cancelscope.work');
type ScopeOfWork = Scope & { [WORK]?: RequestWork };

/** The work a scope was opened for, if it is a request's. */
export function workOf(scope: Scope | undefined): RequestWork | undefined {
  const ofWork: ScopeOfWork | undefined = scope;
  return ofWork?.[WORK];
}

/** One request. */
export class RequestWork {
  /** Undefined when the request was cancelled before it began: no handler is to run then. */
  readonly scope: Scope | undefined;
  readonly #plan: RequestPlan;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;
  #running = 0;
  #closed = false;
  #answered = false;
  #ignored = false;
  #failure: { readonly error: unknown } | undefined;
  #stranded: (() => void) | undefined;
  #givenUp: { readonly error: unknown } | undefined;
  readonly #hearers: ((error: unknown) => void)[] = [];

  constructor(route: string, view: RequestView<unknown>, options: RequestOptions<never>) {
    checkRequestOptions(options);
    this.#plan = planRequest(view, options as RequestOptions<unknown>);
    let opened: Scope | undefined;
    const ended = cancelScope(route, this.#plan.scopeOptions, (scope) => {
      opened = scope;
      return new Promise<void>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      });
    });
    this.scope = opened;
    if (opened !== undefined) (opened as ScopeOfWork)[WORK] = this;
    ended.catch((error: unknown) => {
      if (opened === undefined || opened.outcome === 'abandoned') this.#giveUp(error);
    });
  }

  /**
   * Calls `hear` when the request is given up, with the error to answer: it was cancelled before it began, or a handler
   * outlasted its grace. In every other case handlers say themselves how they ended. Never at once. Few requests are given
   * up, so there is no promise of it.
   */
  onGivenUp(hear: (error: unknown) => void): void {
    if (this.#givenUp === undefined) this.#hearers.push(hear);
    else tell(hear, this.#givenUp.error);
  }

  /** Whether its scope is cancelled with nobody left to answer. */
  get isForNobody(): boolean {
    return this.scope !== undefined && this.scope.cause?.root.reason === 'disconnect';
  }

  /** `error` as it is to be answered, if it is the request's own cancel (Q3); itself, if not. */
  answerable(error: unknown): unknown {
    return this.#plan.answerable(error, this.scope);
  }

  /** Notes an error that a handler ended with, where the framework deals with it and tells nobody. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Calls `stranded` when there is nobody left to end the answer (Q4): at once or later, perhaps more than once. */
  onStranded(stranded: () => void): void {
    const { scope } = this;
    if (scope === undefined) return;
    this.#stranded = stranded;
    scope.token._register(() => this.#tellIfStranded(), false, true);
    this.onGivenUp(stranded);
  }

  /** Runs a handler in the request's scope. What it throws, or rejects with, is as Q3 says. */
  run<T>(handler: () => T): T {
    const { scope } = this;
    if (scope === undefined || scope.state === 'settled') return handler();
    this.#running++;
    try {
      const result = currentScope() === scope ? handler() : scope.run(handler);
      if (!isPromiseLike(result)) {
        this.#left(false);
        return result;
      }
      return this.#whenSettled(result) as T;
    } catch (error) {
      throw this.#threw(error);
    }
  }

  /** Says that the answer is closed; `answered`: complete. Twice changes nothing. */
  close(answered: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#answered = answered;
    this.#endIfOver();
  }

  async #whenSettled(result: PromiseLike<unknown>): Promise<unknown> {
    try {
      const value = await result;
      this.#left(true);
      return value;
    } catch (error) {
      throw this.#threw(error);
    }
  }

  #giveUp(cancel: unknown): void {
    const error = this.#plan.answerable(cancel, this.scope);
    this.#givenUp = { error };
    for (const hear of this.#hearers) tell(hear, error);
  }

  #threw(error: unknown): unknown {
    this.fail(error);
    this.#left(false);
    return this.answerable(error); // Q3
  }

  #left(waited: boolean): void {
    this.#running--;
    this.#ignored = waited && this.scope?.cause !== undefined; // not "isCancelled": that would count as the handler's look
    this.#endIfOver();
    if (this.#stranded !== undefined && this.scope?.cause !== undefined) this.#tellIfStranded();
  }

  #tellIfStranded(): void {
    setImmediate(() => {
      if (!this.#closed && this.#running === 0) this.#stranded?.(); // Q4
    });
  }

  #endIfOver(): void {
    const { scope } = this;
    if (scope === undefined || !this.#closed || this.#running > 0) return; // Q1
    if (this.#failure !== undefined) this.#reject(this.#failure.error);
    else if (this.#answered || this.#ignored || scope.cause === undefined) this.#resolve();
    else this.#reject(new CancelledError(scope.cause)); // Q2
  }
}

/** Later, and apart: one that throws keeps it from nobody. */
function tell(hear: (error: unknown) => void, error: unknown): void {
  queueMicrotask(() => hear(error));
}

/** Whether a handler has more to do than it has returned. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

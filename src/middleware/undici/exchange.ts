/**
 * One request of a dispatcher, from its dispatch to the last byte of its answer.
 *
 * C20. The handler is told of the end once. One that is cancelled before its connection is there is told at once; what
 *      undici says of it later reaches nobody.
 * C21. A cancel aborts the request. What the caller aborts by other means, through the controller it is handed, is a cancel
 *      as well.
 * C22. undici's `fetch` takes an error called AbortError for its own abort, and fails on an assertion where it is not. So it
 *      is given an error that wraps ours; what it rejects with has that as its cause, where `isCancelled` finds it.
 */
import type { Dispatcher } from 'undici';
import type { Scope } from '../../token/index.ts';
import { cancelByCaller, reasonOf, reportCut } from '../outgoing/index.ts';

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;
/** The arguments of a handler's function. */
type Of<Name extends keyof Handler> = Parameters<NonNullable<Handler[Name]>>;

/** Stands before a request's own handler, and keeps its scope. */
export class Exchange implements Handler {
  readonly #scope: Scope;
  readonly #handler: Handler;
  readonly #signal: AbortSignal | undefined;
  readonly #isFetch: boolean;
  #controller: Controller | undefined;
  #ended = false;

  constructor(scope: Scope, handler: Handler, signal: AbortSignal | undefined, isFetch: boolean) {
    this.#scope = scope;
    this.#handler = handler;
    this.#signal = signal;
    this.#isFetch = isFetch;
  }

  /** Dispatches it, unless it is cancelled; what that throws ends it. */
  run(dispatch: () => boolean): boolean {
    const scope = this.#scope;
    scope.onCancel(() => this.#cancelled(), UNBOUND); // at once, if it is
    if (this.#ended) return true;
    try {
      return scope.run(dispatch);
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  onRequestStart(...[controller, context]: Of<'onRequestStart'>): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(this.#reason()); // C20
    else this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...args: Of<'onRequestUpgrade'>): void {
    if (this.#ended) return;
    this.#end();
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Of<'onResponseStart'>): void {
    if (!this.#ended) this.#handler.onResponseStart?.(...args);
  }

  onResponseData(...args: Of<'onResponseData'>): void {
    if (!this.#ended) this.#handler.onResponseData?.(...args);
  }

  onResponseEnd(...args: Of<'onResponseEnd'>): void {
    if (this.#ended) return;
    this.#end();
    this.#handler.onResponseEnd?.(...args);
  }

  onResponseError(...[controller, error]: Of<'onResponseError'>): void {
    if (this.#ended) return;
    // undefined before the request has started, whatever the types say
    const aborted = (controller as Controller | undefined)?.aborted === true;
    if (aborted) cancelByCaller(this.#scope, error); // C21; nothing, if that is what aborted it
    this.#end(...(aborted ? [] : [error]));
    this.#handler.onResponseError?.(controller, error);
  }

  onResponseStarted(): void {
    if (!this.#ended) this.#handler.onResponseStarted?.();
  }

  onBodySent(...args: Of<'onBodySent'>): void {
    if (!this.#ended) this.#handler.onBodySent?.(...args);
  }

  onRequestSent(): void {
    if (!this.#ended) this.#handler.onRequestSent?.();
  }

  #reason(): Error {
    const reason = reasonOf(this.#scope.token, this.#signal) as Error;
    if (!this.#isFetch) return reason;
    return Object.assign(new Error(reason.message, { cause: reason }), { code: 'ABORT_ERR' }); // C22; not to be retried
  }

  #cancelled(): void {
    const reason = this.#reason();
    const controller = this.#controller;
    if (controller === undefined) {
      this.#end(reason);
      this.#handler.onResponseError?.(controller as unknown as Controller, reason); // C20
      return;
    }
    reportCut(this.#scope.name);
    controller.abort(reason); // C21; comes back as onResponseError
  }

  #end(...error: [] | [unknown]): void {
    this.#ended = true;
    if (error.length === 1) this.#scope.fail(error[0]);
    this.#scope.close();
  }
}

/** The handler minds its context itself. */
const UNBOUND = { bind: false };

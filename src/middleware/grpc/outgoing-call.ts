/**
 * One call as its client sees it: its scope, and how that ends.
 *
 * G19. The scope opens when the call starts and ends with its status, which always comes: nothing stays on the scope
 *      around it. One that is cancelled on entry is never sent.
 * G20. grpc-js loses a cancel that comes between the start of a call and its being sent, and the status of one that comes
 *      while another interceptor holds the start back. So it is told again after a turn of the event loop, and a status
 *      that has not come by then is made here. The first one counts.
 * G21. The deadline that grpc-js keeps was rounded down, so it may ring before the scope's own: then the error waits for
 *      the scope, and whoever gets it finds itself cancelled.
 * G22. A cancel that cut a call has left the process: an edge over the boundary `network`, to what the other end is named.
 */
import { AsyncResource } from 'node:async_hooks';
import { Metadata, status as Status, type StatusObject } from '@grpc/grpc-js';
import { type CancelledError, hooks, openScope, type Scope, systemClock } from '../../token/index.ts';
import type { ScopeAttributes, ScopeOptions } from '../../token/index.ts';
import { callName } from './call-name.ts';
import { statusOf } from './cancel-status.ts';

/** What decides about a call's scope. */
export interface OutgoingCallSettings {
  readonly path: string;
  /** The scope around the caller. */
  readonly around: Scope | undefined;
  /** The caller's own deadline in wall-clock ms; `Infinity` for none. */
  readonly deadline: number;
  readonly timeoutMs: number;
  readonly attributes: ScopeAttributes | undefined;
}

/** The part of a call that is needed to end it. */
interface Inner {
  cancelWithStatus(code: Status, details: string): void;
}

/** Who waits for the status. */
interface Caller {
  onReceiveStatus(status: StatusObject): void;
}

/** How long an error waits for its scope's deadline (G21): rounding is 1 ms, the rest is for timers that come late. */
const WAIT_MS = 20;

const MANUAL = { requireManualDestroy: true };

export class OutgoingCall {
  readonly #inner: Inner;
  readonly #settings: OutgoingCallSettings;
  readonly #context = new AsyncResource('cancelscope.grpc', MANUAL);
  #caller: Caller | null = null;
  #scope: Scope | null = null;
  #cancelledByCaller = false;
  #hasStatus = false;

  constructor(inner: Inner, settings: OutgoingCallSettings) {
    this.#inner = inner;
    this.#settings = settings;
  }

  /** Opens the scope and starts the call. */
  start(caller: Caller, next: () => void): void {
    const scope = openScope(callName('grpc.client', this.#settings.path), this.#scopeOptions());
    this.#scope = scope;
    this.#caller = caller;
    if (scope.state === 'cancelling') {
      this.#inner.cancelWithStatus(...endOf(scope)); // it keeps a timer
      return process.nextTick(() => this.#makeStatus(...endOf(scope)));
    }
    scope.onCancel(() => this.#cut(scope), { bind: false });
    try {
      next();
    } catch (error) {
      scope.fail(error);
      scope.close();
      throw error;
    }
  }

  /** The caller cancels the call itself. */
  onCallerCancel(next: () => void): void {
    this.#cancelledByCaller = true;
    next();
    setImmediate(() => {
      next();
      this.#makeStatus(Status.CANCELLED, 'Cancelled on client');
    });
  }

  /** Runs what tells the caller something, where the call was made. */
  tell(next: () => void): void {
    this.#context.runInAsyncScope(next);
  }

  /** The call is over. */
  onStatus(status: StatusObject, next: (status: StatusObject) => void): void {
    const scope = this.#scope;
    if (this.#hasStatus || scope === null) return;
    this.#hasStatus = true;
    const end = (): void => this.tell(() => next(this.#close(scope, status)));
    const early = scope.state === 'open' && status.code === Status.DEADLINE_EXCEEDED && scope.remainingMs <= WAIT_MS;
    if (!early) return end();
    const waiting = scope.onCancel(() => (timer.clear(), end()), { bind: false }); // G21
    const timer = systemClock.setTimer(() => (waiting.dispose(), end()), WAIT_MS, true); // a virtual clock may never ring
  }

  /** Ends the scope; gives the status with the cancel it is due to. */
  #close(scope: Scope, status: StatusObject): StatusObject {
    this.#scope = null;
    if (this.#cancelledByCaller && status.code === Status.CANCELLED && scope.state === 'open') {
      scope.cancel('manual', 'the caller cancelled the call');
      this.#reportCut();
    }
    const cause = scope.state === 'cancelling' && isCancel(status) ? errorOf(scope) : undefined;
    if (cause === undefined && status.code !== Status.OK) scope.fail(new Error(`${status.code} ${status.details}`));
    scope.close();
    // grpc-js makes an error with all that its status has.
    return cause === undefined ? status : Object.assign({ ...status }, { cause });
  }

  /** The scope was cancelled while the call was under way. */
  #cut(scope: Scope): void {
    if (this.#scope === null || this.#cancelledByCaller) return;
    this.#reportCut();
    if (this.#hasStatus) return;
    const [code, details] = endOf(scope);
    this.#inner.cancelWithStatus(code, details);
    setImmediate(() => {
      this.#inner.cancelWithStatus(code, details); // G20
      this.#makeStatus(code, details);
    });
  }

  #makeStatus(code: Status, details: string): void {
    const caller = this.#caller;
    if (caller === null || this.#hasStatus) return;
    this.onStatus({ code, details, metadata: new Metadata() }, (status) => caller.onReceiveStatus(status));
  }

  #reportCut(): void {
    const { path } = this.#settings;
    const [source, target] = [callName('grpc.client', path), callName('grpc', path)];
    hooks.propagated?.({ source, target, boundary: 'network', result: 'delivered' }); // G22
  }

  #scopeOptions(): ScopeOptions {
    const { around, deadline, timeoutMs, attributes } = this.#settings;
    return {
      ...(around === undefined ? { detached: true } : { parent: around }),
      timeoutMs,
      ...(deadline !== Infinity && { deadline: new Date(deadline) }),
      ...(attributes !== undefined && { attributes }),
    };
  }
}

function isCancel({ code }: StatusObject): boolean {
  return code === Status.CANCELLED || code === Status.DEADLINE_EXCEEDED;
}

/** How a cancelled call ends. It is not unavailable because its caller goes down: DEADLINE_EXCEEDED or CANCELLED. */
function endOf(scope: Scope): [Status, string] {
  const code = statusOf(scope.cause?.root.reason ?? 'manual');
  const details = errorOf(scope)?.message ?? '';
  return [code === Status.DEADLINE_EXCEEDED ? code : Status.CANCELLED, details];
}

function errorOf(scope: Scope): CancelledError | undefined {
  try {
    scope.throwIfCancelled();
    return undefined;
  } catch (error) {
    return error as CancelledError;
  }
}

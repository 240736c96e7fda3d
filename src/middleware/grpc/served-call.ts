/**
 * One call as its server sees it: the scope its handler runs in, and how that ends.
 *
 *   waiting ──begin──▶ running ──answer, over──▶ ended
 *      └──cancelled before the handler could start──▶ refused
 *
 * G14. The scope opens when grpc-js would call the handler, so a call that never got so far has none. A scope that is
 *      cancelled on entry answers for the handler, which does not run.
 * G15. It ends when the handler answers, as the answer says.
 * G16. A call that is over before its answer is cancelled: `deadline` when the client's is over or as good as over, since
 *      its clock rings first and the wire says no more than that it left; `error` when grpc-js itself gave the call up, of
 *      a message it could not read or send (it has no such word on a Unix socket); else `disconnect`.
 * G17. After that, a handler that owes one answer is waited for as long as it could still give it: nothing of this object
 *      may hold the intercepting call, whose being collected is how that is known. grpc-js destroys the stream of any
 *      other handler, and nothing is seen of it from then on: its scope ends after one turn of the event loop, and what is
 *      open inside it by then is an orphan.
 * G23. A handler that has not answered when the grace after a cancel is over is abandoned, and its client is told.
 */
import { AsyncResource } from 'node:async_hooks';
import { status as Status } from '@grpc/grpc-js';
import { type AnyToken, cancelScope, type Scope, type ScopeAttributes, systemClock } from '../../token/index.ts';
import type { CancellationReason, ScopeOptions, TriggerCancel } from '../../token/index.ts';
import { type Answer, saidBy, STOPPED } from './answer.ts';
import { callName } from './call-name.ts';
import { reasonIn, type StatusFor, statusOf } from './cancel-status.ts';

/** What is the same for all calls of a server. */
export interface ServedCallSettings {
  readonly timeoutMs: (path: string) => number | undefined;
  readonly graceMs: number;
  readonly deadlineSlackMs: number;
  readonly token: AnyToken | undefined;
  readonly attributes: ScopeAttributes | undefined;
  readonly status: StatusFor;
}

/** The method of a call. */
export interface ServedMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

const MANUAL = { requireManualDestroy: true };

/** Calls whose handlers are being waited for, told when nobody is left who could answer (G17). */
const unanswerable = new FinalizationRegistry<ServedCall>((call) => call.end(STOPPED));

export class ServedCall {
  readonly #method: ServedMethod;
  readonly #settings: ServedCallSettings;
  /** Wall-clock ms, as gRPC has it; `Infinity` for none. */
  readonly #deadline: number;
  #state: 'waiting' | 'running' | 'ended' | 'refused' = 'waiting';
  #scope: Scope | null = null;
  #inScope: AsyncResource | null = null;
  #cancel: TriggerCancel | null = null;
  #settle: ((error?: Error) => void) | null = null;
  #received = false;
  #allReceived = false;
  #valueSent = false;
  #isOver = false;

  constructor(method: ServedMethod, deadline: Date | number, settings: ServedCallSettings) {
    this.#method = method;
    this.#deadline = Number(deadline);
    this.#settings = settings;
  }

  /** Metadata are there: the handler starts, unless it waits for its one message. */
  onMetadata(next: () => void, refuse: (answer: Answer) => void): void {
    if (this.#method.requestStream) this.#begin(next, refuse);
    else next();
  }

  onMessage(next: () => void): void {
    this.#received = true;
    this.tell(next);
  }

  /** Streams tell their listeners in here: with the scope as the ambient one, also when it has ended. */
  tell(next: () => void): void {
    if (this.#state === 'refused') return;
    if (this.#inScope === null) next();
    else this.#inScope.runInAsyncScope(next);
  }

  /** The client has sent all it had to. */
  onHalfClose(next: () => void, refuse: (answer: Answer) => void): void {
    this.#allReceived = true;
    if (this.#state === 'waiting' && this.#received) this.#begin(next, refuse); // without a message, no handler runs
    else this.tell(next);
  }

  /** The handler sends a message. Dropped by grpc-js without a word once the call is over. */
  onSend(): void {
    if (this.#method.responseStream) return;
    this.#valueSent = true;
    if (this.#isOver) this.end();
  }

  /** The handler's answer; gives what is to be sent for it. */
  onAnswer<A extends Answer>(answer: A): A {
    if (this.#state !== 'running') return answer;
    const reason = answer.code === Status.UNKNOWN ? reasonIn(answer.details) : undefined;
    const sent = reason === undefined ? answer : { ...answer, code: this.#statusFor(reason) };
    this.end(saidBy(sent, this.#scope?.state === 'cancelling', reason !== undefined));
    return sent;
  }

  /**
   * Nothing can be sent any more: after the answer, or instead of it.
   *
   * @param byServer - Whether grpc-js ended it.
   * @param handle - What the handler answers through.
   */
  onOver(byServer: boolean, handle: object): void {
    if (this.#state !== 'running') return;
    this.#isOver = true;
    if (this.#valueSent && byServer) return this.end(new Error('grpc-js could not send the answer'));
    if (this.#scope?.state === 'open') this.#cancel?.(...this.#whyOver(byServer)); // G16
    if (this.#valueSent) this.end();
    else if (this.#method.responseStream || !this.#allReceived) setImmediate(ServedCall.#stopped, this);
    else unanswerable.register(handle, this, this);
  }

  /** Ends the scope: with a value, or with what stopped it. A second time changes nothing. */
  end(error?: Error): void {
    if (this.#state !== 'running') return;
    this.#state = 'ended';
    this.#settle?.(error);
    if (this.#isOver) unanswerable.unregister(this);
  }

  static #stopped(this: void, call: ServedCall): void {
    call.end(STOPPED);
  }

  #whyOver(byServer: boolean): [CancellationReason, string] {
    const leftMs = this.#deadline - systemClock.toWallTime(systemClock.now());
    if (leftMs <= this.#settings.deadlineSlackMs) return ['deadline', "the client's deadline is over"];
    if (byServer) return ['error', 'grpc-js gave the call up'];
    return ['disconnect', 'the client cancelled the call, or is gone'];
  }

  #begin(handler: () => void, refuse: (answer: Answer) => void): void {
    const running = this.#open(handler);
    const tell = (error: Error): void => refuse(this.#answerOf(error));
    if (!this.#hasStarted()) {
      this.#state = 'refused'; // G14
      running.catch(tell);
    } else if (this.#settings.graceMs !== Infinity) {
      running.catch((error: Error) => {
        if (this.#state === 'running' && !this.#isOver) tell(error); // G23
      });
    }
  }

  #hasStarted(): boolean {
    return this.#state !== 'waiting';
  }

  /** Apart, so that what waits for the scope holds neither the handler nor what it answers through (G17). */
  #open(handler: () => void): Promise<void> {
    const running = new Promise<void>((resolve) => {
      resolve(
        cancelScope(callName('grpc', this.#method.path), this.#scopeOptions(), (scope) => this.#enter(scope, handler)),
      );
    });
    running.catch(ignore); // the status has said it
    return running;
  }

  #enter(scope: Scope, handler: () => void): Promise<void> {
    this.#state = 'running';
    this.#scope = scope;
    this.#inScope = new AsyncResource('cancelscope.grpc', MANUAL);
    const ended = this.#ended();
    handler(); // grpc-js catches what it throws
    return ended;
  }

  #ended(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error));
    });
  }

  #scopeOptions(): ScopeOptions {
    const { timeoutMs, graceMs, token, attributes } = this.#settings;
    const options: { -readonly [K in keyof ScopeOptions]: ScopeOptions[K] } = {
      graceMs,
      triggers: [{ name: 'client', start: (cancel) => void (this.#cancel = cancel) }],
    };
    const budgetMs = timeoutMs(this.#method.path);
    if (budgetMs !== undefined) options.timeoutMs = budgetMs;
    if (this.#deadline !== Infinity) options.deadline = new Date(this.#deadline);
    if (token !== undefined) options.token = token;
    if (attributes !== undefined) options.attributes = attributes;
    return options;
  }

  #answerOf({ message }: Error): Answer {
    const reason = reasonIn(message);
    return { code: reason === undefined ? Status.INTERNAL : this.#statusFor(reason), details: message };
  }

  #statusFor(reason: CancellationReason): Status {
    try {
      const given = this.#settings.status(reason);
      if (Number.isInteger(given)) return given as Status;
    } catch {
      // a broken option loses no answer
    }
    return statusOf(reason);
  }
}

function ignore(): void {}

/**
 * Scopes for the calls a gRPC server serves.
 */
import { type ServerInterceptor, ServerInterceptingCall } from '@grpc/grpc-js';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { type AnyToken, checkedMs, InvalidArgumentError, type ScopeAttributes, tokenOf } from '../../token/index.ts';
import type { Answer } from './answer.ts';
import type { StatusFor } from './cancel-status.ts';
import { type Budget, checkedBudget } from './call-budget.ts';
import { ServedCall, type ServedCallSettings } from './served-call.ts';

/** Options of {@link serverInterceptor}. */
export interface ServerInterceptorOptions {
  /** The server's own budget for a call in ms, or one for each path; it ends with `timeout`. Default none. */
  readonly timeoutMs?: Budget;
  /** A token that cancels every call, also those that come later: `token.cancel('shutdown')` before the server goes down. */
  readonly token?: AnyToken;
  /**
   * How long a cancelled call waits for its handler's answer, in ms. Then the client is told, and the handler counts as
   * abandoned. Default `Infinity`: as long as the handler could still give one.
   */
  readonly graceMs?: number;
  /**
   * A client that leaves so many ms before its deadline, or fewer, has left because of it: the wire does not tell the
   * two apart. Default 25.
   */
  readonly deadlineSlackMs?: number;
  /**
   * The status code for a cancel, by the reason of its root; undefined for the usual one: DEADLINE_EXCEEDED for `timeout`
   * and `deadline`, UNAVAILABLE for `shutdown` and `signal`, else CANCELLED.
   */
  readonly status?: StatusFor;
  /** What describes every call's scope on its span. */
  readonly attributes?: ScopeAttributes;
}

/**
 * Makes an interceptor that runs each call's handler in a scope of its own, `grpc:/package.service/method`: the client's
 * deadline is its deadline, and it is cancelled when the client cancels, leaves, or has no time left. Handlers of all
 * four kinds reach it by `currentScope()`, also in the events of their streams.
 *
 * A handler that fails with a CancelledError answers DEADLINE_EXCEEDED, CANCELLED or UNAVAILABLE. The scope ends with the
 * handler's answer; what a streaming handler does after its client has left cannot be seen, except in scopes it opened.
 * A server's own `forceShutdown()` looks to its calls like clients that left: cancel `token` first.
 *
 * @throws {InvalidArgumentError} an option cannot be what it is; the message names it.
 *
 * @example
 * const server = new Server({ interceptors: [serverInterceptor({ timeoutMs: 2_000 })] });
 */
export function serverInterceptor(options: ServerInterceptorOptions = {}): ServerInterceptor {
  const settings = checked(options);
  return (method, call) => {
    const served = new ServedCall(method, call.getDeadline(), settings);
    return new ScopedCall(call, served);
  };
}

type Listener = Parameters<ServerInterceptingCall['start']>[0];

/** Shows a {@link ServedCall} what happens. It overrides `start`: a mere listener cannot run what comes after a cancel. */
class ScopedCall extends ServerInterceptingCall {
  readonly #call: ServerInterceptingCallInterface;
  readonly #served: ServedCall;

  constructor(call: ServerInterceptingCallInterface, served: ServedCall) {
    super(call, {
      sendMessage: (message, next) => {
        served.onSend();
        next(message);
      },
      sendStatus: (status, next) => next(served.onAnswer(status)),
    });
    this.#call = call;
    this.#served = served;
  }

  override start(handler: Listener): void {
    const served = this.#served;
    const refuse = (answer: Answer): void => this.#call.sendStatus(answer);
    super.start({
      onReceiveMetadata: (metadata) => served.onMetadata(() => handler.onReceiveMetadata(metadata), refuse),
      onReceiveMessage: (message) => served.onMessage(() => handler.onReceiveMessage(message)),
      onReceiveHalfClose: () => served.onHalfClose(() => handler.onReceiveHalfClose(), refuse),
      onCancel: () => {
        // The peer of a stream that is gone is unknown; of one that grpc-js has ended, not yet.
        served.onOver(this.getPeer() !== 'unknown', this);
        served.tell(() => handler.onCancel());
      },
    });
  }
}

function checked(options: ServerInterceptorOptions): ServedCallSettings {
  if (typeof options !== 'object' || options === null) throw new InvalidArgumentError('options', 'an object', options);
  const { timeoutMs, token, graceMs = Infinity, deadlineSlackMs = 25, status = usual, attributes } = options;
  if (token !== undefined) tokenOf('token', token);
  if (typeof status !== 'function') throw new InvalidArgumentError('status', 'a function', status);
  return {
    timeoutMs: checkedBudget('timeoutMs', timeoutMs),
    graceMs: checkedMs('graceMs', graceMs),
    deadlineSlackMs: checkedMs('deadlineSlackMs', deadlineSlackMs),
    token,
    attributes,
    status,
  };
}

function usual(): undefined {
  return undefined;
}

/**
 * Causes: the full record of one cancel.
 *
 * C1. A cause is fixed at the instant of the first successful transition; it cannot be changed afterwards.
 * C3. A cause is plain data to whoever must carry it: `toJSON()` gives all of it.
 * C4. No stack is taken unless asked: `new Error` costs microseconds.
 *
 * Private fields, not `Object.freeze`: freezing a fresh object costs several times what making it does.
 */
import { inspect } from 'node:util';
import type { Clock } from './clock.ts';
import { type Origin, thisOrigin, tokenId } from './origin.ts';
import type { CancellationReason } from './reason.ts';

/** Which token a cause is about. */
export interface TokenIdentity {
  readonly id: string;
  readonly name: string;
}

/** The trace position of whoever cancelled, in OpenTelemetry's shape. */
export interface SpanContextData {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

/** A {@link CancellationCause} as plain data: JSON, a message to a thread, a log record. */
export interface CancellationCauseData {
  readonly reason: CancellationReason;
  readonly message?: string;
  /** Milliseconds since 1970. */
  readonly wallTime: number;
  /** Host-wide monotonic nanoseconds, in decimal: JSON has no bigint. */
  readonly monotonicNs: string;
  readonly origin: Origin;
  readonly token: TokenIdentity;
  readonly spanContext?: SpanContextData;
  readonly via?: readonly string[];
  readonly callSite?: string;
  /** How many causes of a very long chain are left out between this one and its parent here. */
  readonly omitted?: number;
  readonly parent?: CancellationCauseData;
}

/** What {@link CancellationCause} is made of. @internal */
export interface CauseDetails {
  readonly message?: string | undefined;
  readonly via?: readonly string[] | undefined;
  readonly parent?: CancellationCause | undefined;
  readonly spanContext?: SpanContextData | undefined;
  readonly callSite?: string | undefined;
  /** Of a token with an id of its own: one that is shared. */
  readonly tokenId?: string | undefined;
  /** What is known of a cause made elsewhere. */
  readonly origin?: Origin | undefined;
  readonly monotonicNs?: bigint | undefined;
  readonly wallTime?: number | undefined;
  readonly omitted?: number | undefined;
}

/** Causes given of each end of a chain. Deeper data overflows the stack of `JSON.stringify`. */
const CHAIN_LIMIT = 50;

const NO_DETAILS: CauseDetails = Object.freeze({});

/** Who cancelled, why, when and from where. Immutable (C1); made by the library only. */
export class CancellationCause {
  readonly #reason: CancellationReason;
  readonly #details: CauseDetails;
  readonly #at: number;
  readonly #clock: Clock;
  readonly #serial: number;
  readonly #name: string;
  #wallTime: number | undefined;

  /** Takes a serial and a name, not the token: a record that is kept must not keep a token (M4). @internal */
  constructor(
    reason: CancellationReason,
    serial: number,
    name: string,
    at: number,
    clock: Clock,
    details: CauseDetails = NO_DETAILS,
  ) {
    this.#reason = reason;
    this.#details = details;
    if (details.via !== undefined) Object.freeze(details.via); // C1
    this.#at = at;
    this.#clock = clock;
    this.#serial = serial;
    this.#name = name;
  }

  /** Why: one of a closed set. */
  get reason(): CancellationReason {
    return this.#reason;
  }

  /** Free text of whoever cancelled. */
  get message(): string | undefined {
    return this.#details.message;
  }

  /** When, in milliseconds since 1970. */
  get wallTime(): number {
    return (this.#wallTime ??= this.#details.wallTime ?? this.#clock.toWallTime(this.#at));
  }

  /** When, in nanoseconds on the host's monotonic clock: comparable between threads and processes of one host. */
  get monotonicNs(): bigint {
    return this.#details.monotonicNs ?? this.#clock.toMonotonicNs(this.#at);
  }

  /** From which process and thread. */
  get origin(): Origin {
    return this.#details.origin ?? thisOrigin;
  }

  /** From which process and thread, if not from this one. @internal */
  get foreignOrigin(): Origin | undefined {
    return this.#details.origin;
  }

  /** Which token was cancelled. */
  get token(): TokenIdentity {
    return Object.freeze({ id: this.#details.tokenId ?? tokenId(this.#serial), name: this.#name });
  }

  /** The span active where `cancel` was called, if a monitor knows of spans. None for `timeout` and `deadline`: a clock has none. */
  get spanContext(): SpanContextData | undefined {
    return this.#details.spanContext;
  }

  /** The triggers that fired, outermost first. */
  get via(): readonly string[] | undefined {
    return this.#details.via;
  }

  /** The stack of the `cancel` call, if {@link captureCallSites} is on (C4). */
  get callSite(): string | undefined {
    return this.#details.callSite;
  }

  /** The cause this one derives from. */
  get parent(): CancellationCause | undefined {
    return this.#details.parent;
  }

  /** Where the chain of parents ends: the cancel that started it all. Itself, if it derives from none. */
  get root(): CancellationCause {
    // oxlint-disable-next-line typescript/no-this-alias -- walked, not recursed: a chain may be 100,000 deep
    let cause: CancellationCause = this;
    while (cause.parent !== undefined) cause = cause.parent;
    return cause;
  }

  /** The reading of {@link clock}, in ms. @internal */
  get at(): number {
    return this.#at;
  }

  /** The clock of the token first cancelled. @internal */
  get clock(): Clock {
    return this.#clock;
  }

  /** Everything, as plain data (C3). Of a longer chain, the {@link CHAIN_LIMIT} nearest to here and to the root. */
  toJSON(): CancellationCauseData {
    const chain: CancellationCause[] = [];
    for (let cause: CancellationCause | undefined = this; cause !== undefined; cause = cause.parent) chain.push(cause);
    const omitted = Math.max(0, chain.length - 2 * CHAIN_LIMIT);
    chain.splice(CHAIN_LIMIT, omitted);
    let data: CancellationCauseData | undefined;
    for (const [index, cause] of [...chain.entries()].toReversed()) {
      const { message, spanContext, via, callSite } = cause;
      const left = omitted > 0 && index === CHAIN_LIMIT - 1 ? omitted : cause.#details.omitted;
      data = {
        reason: cause.reason,
        ...(message !== undefined && { message }),
        wallTime: cause.wallTime,
        monotonicNs: String(cause.monotonicNs),
        origin: cause.origin,
        token: cause.token,
        ...(spanContext !== undefined && { spanContext }),
        ...(via !== undefined && { via }),
        ...(callSite !== undefined && { callSite }),
        ...(left !== undefined && { omitted: left }),
        ...(data !== undefined && { parent: data }),
      };
    }
    return data as CancellationCauseData;
  }

  /** What `console.log` shows. @internal */
  [inspect.custom](): CancellationCauseData {
    return this.toJSON();
  }
}

/**
 * A scope as monitors see it: made once a scope, and only when somebody listens (L1, L3).
 *
 * L4. No assignment changes it, so one monitor's view is another's: private fields, for `Object.freeze` costs several times
 *     what making the object does. Ids are put together when asked for; many monitors never ask.
 */
import type { SpanContextData } from './cause.ts';
import type { Clock } from './clock.ts';
import { tokenOf } from './combine.ts';
import { type Origin, thisOrigin, tokenId } from './origin.ts';
import type { AnyToken } from './readonly-token.ts';
import type { RemoteScope } from './shared-state.ts';

/** Values a scope may be described with. */
export type ScopeAttributes = Readonly<Record<string, string | number | boolean>>;

/** What {@link ScopeInfo} takes of a scope. */
interface Described {
  readonly name: string;
  readonly token: { readonly _serial: number };
  readonly deadline: number;
  readonly _parent: Described | undefined;
  readonly _openedAt: number;
  readonly _clock: Clock;
  readonly _options: { readonly attributes?: ScopeAttributes; readonly token?: AnyToken } | undefined;
}

/** What is known of a scope of another thread. @internal */
export interface ForeignScope {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly parentName: string | undefined;
  readonly origin: Origin;
  /** The scope around it, if it is known here. */
  readonly parent: ScopeInfo | undefined;
  readonly parentSpan: SpanContextData | undefined;
}

/** What is known of a scope when it opens. */
export class ScopeInfo {
  readonly #serial: number;
  readonly #name: string;
  readonly #parentSerial: number;
  readonly #parentName: string | undefined;
  readonly #openedAt: number;
  readonly #deadline: number;
  #attributes: ScopeAttributes | undefined;
  readonly #clock: Clock;
  readonly #foreign: ForeignScope | undefined;
  /** The scope of another thread that its token came from. */
  readonly #above: RemoteScope | undefined;

  /** @internal */
  constructor(scope: Described, foreign?: ForeignScope) {
    const parent = scope._parent;
    const given = scope._options?.token;
    this.#foreign = foreign;
    this.#above = given === undefined ? undefined : tokenOf('token', given)._onDemand?.remote?.scope;
    this.#serial = scope.token._serial;
    this.#name = scope.name;
    this.#parentSerial = parent === undefined ? 0 : parent.token._serial;
    this.#parentName = parent?.name;
    this.#openedAt = scope._openedAt;
    this.#deadline = scope.deadline;
    this.#attributes = scope._options?.attributes;
    this.#clock = scope._clock;
  }

  get id(): string {
    return this.#foreign?.id ?? tokenId(this.#serial);
  }

  /** Where it runs. */
  get origin(): Origin {
    return this.#foreign?.origin ?? thisOrigin;
  }

  /** The scope of another thread, if its events came from there. @internal */
  get foreign(): ForeignScope | undefined {
    return this.#foreign;
  }

  /** The trace position of the scope around it, if that is on another thread or in another process. */
  get parentSpan(): SpanContextData | undefined {
    return this.#foreign === undefined ? this.#above?.span : this.#foreign.parentSpan;
  }

  get name(): string {
    return this.#name;
  }

  /** The scope around it; on another thread, the one its token came from. */
  get parentId(): string | undefined {
    if (this.#foreign !== undefined) return this.#foreign.parentId;
    return this.#parentSerial === 0 ? this.#above?.id : tokenId(this.#parentSerial);
  }

  get parentName(): string | undefined {
    return this.#foreign === undefined ? (this.#parentName ?? this.#above?.name) : this.#foreign.parentName;
  }

  /** Reading of the scope's clock at its opening, in ms; all `At` fields of its events are on the same clock. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** The opening in milliseconds since 1970. */
  get openedWallTime(): number {
    return this.#clock.toWallTime(this.#openedAt);
  }

  /** Reading of its clock at which its budget ends; `Infinity` for none. */
  get deadline(): number {
    return this.#deadline;
  }

  /** A copy of what the program passed in (L4). */
  get attributes(): ScopeAttributes | undefined {
    const attributes = this.#attributes;
    if (attributes === undefined || Object.isFrozen(attributes)) return attributes;
    return (this.#attributes = Object.freeze({ ...attributes }));
  }

  /** The scope's clock, for whoever has to go on measuring. */
  get clock(): Clock {
    return this.#clock;
  }
}

/** The scope as monitors see it; made when first asked for. */
export function scopeInfo(scope: Described & { _info: ScopeInfo | null }): ScopeInfo {
  return (scope._info ??= new ScopeInfo(scope));
}

/**
 * A scope as monitors see it: plain facts, frozen, made once a scope and only when somebody listens (L1, L3).
 */
import type { Clock } from './clock.ts';

/** Values a scope may be described with. */
export type ScopeAttributes = Readonly<Record<string, string | number | boolean>>;

/** What is known of a scope when it opens. */
export class ScopeInfo {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | undefined;
  readonly parentName: string | undefined;
  /** Reading of the scope's clock at its opening, in ms; all `At` fields of its events are on the same clock. */
  readonly openedAt: number;
  /** Reading of its clock at which its budget ends; `Infinity` for none. */
  readonly deadline: number;
  readonly attributes: ScopeAttributes | undefined;
  readonly #clock: Clock;

  constructor(
    id: string,
    name: string,
    parent: { readonly id: string; readonly name: string } | undefined,
    openedAt: number,
    deadline: number,
    attributes: ScopeAttributes | undefined,
    clock: Clock,
  ) {
    this.id = id;
    this.name = name;
    this.parentId = parent?.id;
    this.parentName = parent?.name;
    this.openedAt = openedAt;
    this.deadline = deadline;
    this.attributes = attributes;
    this.#clock = clock;
    Object.freeze(this);
  }

  /** The scope's clock, for whoever has to go on measuring. */
  get clock(): Clock {
    return this.#clock;
  }

  /** The opening in milliseconds since 1970. */
  get openedWallTime(): number {
    return this.#clock.toWallTime(this.openedAt);
  }
}

/**
 * What a test has done on the other side of a boundary: an agent makes, attaches, cancels and watches tokens there, each
 * under a name the test gives it. The commands know no backend; `serve` them over whatever reaches the other side.
 */
import { setImmediate as loopTurn } from 'node:timers/promises';
import type { Backend } from '../../src/backends/index.ts';
import {
  type CancellationCauseData,
  type CancellationReason,
  CancellationToken,
  openScope,
  type Scope,
} from '../../src/index.ts';
import { type Gate, open, pass } from './gate.ts';

/** What can be read of a token without changing it. */
export interface Reading {
  readonly id: string;
  readonly name: string;
  readonly isCancelled: boolean;
  readonly cause: CancellationCauseData | undefined;
  /** What `throwIfCancelled` throws: its name. */
  readonly thrown: string | undefined;
}

export function readingOf(token: CancellationToken): Reading {
  const { id, name, isCancelled, cause } = token;
  let thrown: string | undefined;
  try {
    token.throwIfCancelled();
  } catch (error) {
    thrown = (error as Error).name;
  }
  return { id, name, isCancelled, cause: cause?.toJSON(), thrown };
}

/** The commands. Tokens go by the names the test gives them. */
export interface AgentCommands<Handle> {
  /** These give the id of the new token. */
  make(name: string): string;
  child(name: string, of: string): string;
  any(name: string, ...of: string[]): string;
  all(name: string, ...of: string[]): string;
  attach(name: string, handle: Handle): string;

  share(name: string): Handle;
  isSame(one: string, other: string): boolean;
  read(name: string): Reading;
  cancel(name: string, reason?: CancellationReason, message?: string): boolean;
  dispose(name: string): void;
  /** Forgets a token, as a program does that drops its last reference. */
  drop(name: string): boolean;
  collect(): Promise<void>;

  /** From now on a cancel of the token is `heard`. */
  listen(name: string): void;
  /** The tokens listened to and cancelled since last asked, in the order their listeners ran. */
  heard(): Promise<string[]>;
  whenCancelled(name: string): Promise<CancellationCauseData>;

  /** These open and end a scope of that name. @returns Its id; its outcome. */
  openScope(name: string): string;
  closeScope(name: string): string;
  scopeCause(name: string): CancellationCauseData | undefined;

  /** Looks at the token until it is cancelled, with no turn of the event loop. @returns What there is to read then. */
  spin(name: string): CancellationCauseData | undefined;
  /** The same by `throwIfCancelled`. @returns The message of what it throws. */
  spinUntilThrown(name: string): string;
  waitSync(name: string, timeoutMs?: number): boolean;

  /** On backends that share memory: see `gate.ts`. */
  open(gate: Gate, value?: number): void;
  pass(gate: Gate, value?: number): void;
}

/** The commands of an agent whose tokens reach others by way of `backend`. */
export function agentCommands<Handle>(backend: Backend<Handle>): AgentCommands<Handle> {
  const tokens = new Map<string, CancellationToken>();
  const scopes = new Map<string, Scope>();
  const heard: string[] = [];
  const token = (name: string): CancellationToken => {
    const found = tokens.get(name);
    if (found === undefined) throw new Error(`the agent has no token "${name}"`);
    return found;
  };
  const keep = (name: string, made: CancellationToken): string => {
    tokens.set(name, made);
    return made.id;
  };

  return {
    make: (name) => keep(name, new CancellationToken({ name })),
    child: (name, of) => keep(name, token(of).child({ name })),
    any: (name, ...of) => keep(name, CancellationToken.any(of.map(token), { name })),
    all: (name, ...of) => keep(name, CancellationToken.all(of.map(token), { name })),
    attach: (name, handle) => keep(name, backend.attach(handle)),

    share: (name) => backend.share(token(name)),
    isSame: (one, other) => token(one) === token(other),
    read: (name) => readingOf(token(name)),
    cancel: (name, reason, message) => token(name).cancel(reason, message),
    dispose: (name) => token(name).dispose(),
    drop: (name) => tokens.delete(name),
    collect: collectGarbage,

    listen: (name) => void token(name).onCancel(() => heard.push(name)),
    async heard() {
      await loopTurn();
      return heard.splice(0);
    },
    whenCancelled: async (name) => (await token(name).whenCancelled()).toJSON(),

    openScope(name) {
      const scope = openScope(name, { detached: true });
      scopes.set(name, scope);
      return scope.id;
    },
    closeScope(name) {
      const outcome = scopes.get(name)?.close();
      scopes.delete(name);
      return outcome ?? 'unknown';
    },
    scopeCause: (name) => scopes.get(name)?.cause?.toJSON(),

    spin(name) {
      const watched = token(name);
      while (!watched.isCancelled);
      return watched.cause?.toJSON();
    },
    spinUntilThrown(name) {
      const watched = token(name);
      try {
        for (;;) watched.throwIfCancelled();
      } catch (error) {
        return (error as Error).message;
      }
    },
    waitSync: (name, timeoutMs) => token(name).waitSync(timeoutMs),

    open,
    pass,
  };
}

/** Three turns, because a weak reference keeps its target to the end of the turn it was made or read in. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await loopTurn();
    globalThis.gc?.();
  }
}

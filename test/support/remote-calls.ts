/**
 * Commands of a program that runs elsewhere, called like functions: each call is a message there, its result one back.
 * Calls arrive in the order they were made; a caller need not await one before it makes the next.
 */

import { deferred, type Deferred } from './deferred.ts';

/** What carries the messages. */
export interface Channel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** The same commands, from afar. */
export type Remote<C> = {
  readonly [K in keyof C]: C[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

interface Call {
  readonly id: number;
  readonly command: string;
  readonly args: never[];
}

/** How it ended: an error goes as its fields, for classes do not travel. */
interface Answer {
  readonly to: number;
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly code?: unknown };
}

/** Runs `commands`, functions by name, for whoever calls them through `channel`. */
export function serve(commands: object, channel: Channel): void {
  channel.onMessage((message) => {
    void answer(commands as Commands, message as Call).then((reply) => channel.send(reply));
  });
}

type Commands = Readonly<Record<string, (...args: never[]) => unknown>>;

async function answer(commands: Commands, { id, command, args }: Call): Promise<Answer> {
  try {
    return { to: id, value: await commands[command]?.(...args) };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown };
    return { to: id, error: { name, message, code } };
  }
}

/** Calls of one other side. */
export interface Caller<C> {
  readonly remote: Remote<C>;
  /** Fails what still waits for an answer: the other side has ended. */
  close(error: Error): void;
}

/** The way to call commands through `channel`. */
export function callsOver<C>(channel: Channel): Caller<C> {
  const waiting = new Map<number, Deferred<unknown>>();
  let nextId = 1;
  let closedBy: Error | undefined;
  channel.onMessage((message) => {
    const { to, value, error } = message as Answer;
    const call = waiting.get(to);
    waiting.delete(to);
    if (error === undefined) call?.resolve(value);
    else call?.reject(Object.assign(new Error(error.message), error));
  });
  const call = (command: string, args: unknown[]): Promise<unknown> => {
    if (closedBy !== undefined) return Promise.reject(closedBy);
    const id = nextId++;
    const result = deferred<unknown>();
    result.promise.catch(() => {}); // one nobody awaits, cut off by the end of the other side, is no failure
    waiting.set(id, result);
    channel.send({ id, command, args });
    return result.promise;
  };
  const remote = new Proxy(
    {},
    {
      // Not a promise itself, whoever awaits it.
      get: (_, command) =>
        command === 'then' || typeof command === 'symbol' ? undefined : (...args: unknown[]) => call(command, args),
    },
  );
  return {
    remote: remote as Remote<C>,
    close(error) {
      closedBy = error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}

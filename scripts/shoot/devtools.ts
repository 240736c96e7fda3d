/** A connection of the DevTools protocol: commands with their answers, and events. */
import { once } from 'node:events';

/** Parameters and answers, as JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** A connection. */
export interface Connection {
  /** Rejects with the browser's complaint. */
  send(method: string, parameters?: Fields, sessionId?: string): Promise<Fields>;
  /** Calls back at every event of a session. */
  onEvent(sessionId: string, told: (method: string, parameters: Fields) => void): void;
  close(): void;
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: Fields) => void;
  readonly reject: (error: Error) => void;
}

/** Connects to the browser at a `ws:` address. */
export async function connect(url: string): Promise<Connection> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, (method: string, parameters: Fields) => void>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, sessionId = '', method, params = {}, result = {}, error } = JSON.parse(String(data)) as Message;
    if (method !== undefined) listeners.get(sessionId)?.(method, params);
    const asked = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || asked === undefined) return;
    waiting.delete(id);
    if (error === undefined) asked.resolve(result);
    else asked.reject(new Error(error.message));
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser is gone'));
    waiting.clear();
  });
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        socket.send(JSON.stringify({ id: last, method, params, ...(sessionId !== undefined && { sessionId }) }));
      }),
    onEvent: (sessionId, told) => void listeners.set(sessionId, told),
    close: () => socket.close(),
  };
}

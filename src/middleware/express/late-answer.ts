/**
 * An answer that two may give: the one who gives a request up, and the handler that did not stop. The first one counts.
 */
import type { ServerResponse } from 'node:http';

/** What throws once the headers are out, or fails once all is. */
const UNTIL_SENT = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader', 'writeHead'] as const;
const UNTIL_ENDED = ['write', 'end'] as const;

type Method = (...args: unknown[]) => unknown;

/** Lets what comes after the answer do nothing, where Node would throw or emit an error that ends the process. */
export function acceptLateWords(response: ServerResponse): void {
  const methods = response as unknown as Record<string, Method>;
  for (const name of UNTIL_SENT) replace(methods, name, () => (response.headersSent ? response : undefined));
  for (const name of UNTIL_ENDED) {
    // "true" to a write: what pipes into it is to run dry, not to wait
    replace(methods, name, () => (response.writableEnded ? (name === 'write' ? true : response) : undefined));
  }
}

/** Replaces a method by one that first asks whether it is too late, and for what to give back then. */
function replace(methods: Record<string, Method>, name: string, late: () => unknown): void {
  const original = methods[name];
  if (original === undefined) return;
  methods[name] = function (this: unknown, ...args: unknown[]): unknown {
    return late() ?? original.apply(this, args);
  };
}

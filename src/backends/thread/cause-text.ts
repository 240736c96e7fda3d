/**
 * A cause as text that fits a record.
 *
 * X1. What does not fit is left out, least needed first: call sites, the middle of the chain, the ends of messages and
 *     names. The cancel itself is never lost for it, nor its reason.
 */
import type { CancellationCause, CancellationCauseData } from '../../token/index.ts';

const encoder = new TextEncoder();

/** `cause` as JSON of at most `limit` bytes. */
export function causeText(cause: CancellationCause, limit: number): Uint8Array {
  const data = cause.toJSON();
  for (const shorten of SHORTENINGS) {
    const text = textOf(shorten(data));
    if (text !== undefined && text.length <= limit) return text;
  }
  const { pid, threadId } = data.origin;
  return encoder.encode(JSON.stringify({ reason: data.reason, origin: { pid, threadId } }));
}

/** Undefined for what JSON has no word for: a monitor may give anything for a span context. */
function textOf(data: Shown): Uint8Array | undefined {
  try {
    return encoder.encode(JSON.stringify(data));
  } catch {
    return undefined;
  }
}

/** A cause on its way to becoming text: what is undefined is left out of it. */
type Shown = { readonly [K in keyof CancellationCauseData]?: CancellationCauseData[K] | undefined };

const SHORTENINGS: readonly ((data: CancellationCauseData) => Shown)[] = [
  (data) => data,
  (data) => eachCause(data, withoutCallSite),
  (data) => cutChain(eachCause(data, withoutCallSite)),
  (data) => cutChain(eachCause(data, (cause) => ({ ...withoutCallSite(cause), spanContext: undefined }))),
  ...[512, 128, 16].map((limit) => (data: CancellationCauseData) => cutChain(eachCause(data, cutTo(limit)))),
];

function withoutCallSite(cause: CancellationCauseData): Shown {
  return { ...cause, callSite: undefined };
}

function cutTo(limit: number): (cause: CancellationCauseData) => Shown {
  return ({ message, token, origin, ...cause }) => ({
    ...withoutCallSite({ ...cause, token, origin }),
    via: undefined,
    spanContext: undefined,
    message: message === undefined ? undefined : cut(message, limit),
    token: { id: cut(token.id, 64), name: cut(token.name, limit) },
    origin: { ...origin, threadName: cut(origin.threadName, limit) },
  });
}

function cut(text: string, limit: number): string {
  // Half a character at the end would not survive being written down.
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** `data` and all its parents through `change`; chains are at most 100 long. */
function eachCause(data: CancellationCauseData, change: (cause: CancellationCauseData) => Shown): Shown {
  const changed = change(data);
  if (data.parent === undefined) return changed;
  return { ...changed, parent: eachCause(data.parent, change) as CancellationCauseData };
}

/** Only both ends of the chain, and how many are left out between. */
function cutChain(data: Shown): Shown {
  if (data.parent === undefined) return data;
  let root: CancellationCauseData = data.parent;
  let omitted = data.omitted ?? 0;
  while (root.parent !== undefined) {
    omitted += 1 + (root.omitted ?? 0);
    root = root.parent;
  }
  return { ...data, omitted: omitted > 0 ? omitted : undefined, parent: root };
}

/**
 * Causes that came as data, from another thread or process, made causes again.
 *
 * C3. Nothing of the record is lost on the way: `toJSON()` there and here is the same.
 * C6. Data from outside may be anything: what cannot be a cause becomes one that says so. Reading it never throws.
 */
import { CancellationCause, type CancellationCauseData, type SpanContextData, type TokenIdentity } from './cause.ts';
import { systemClock, systemReading } from './clock.ts';
import { type Origin, originOf } from './origin.ts';
import { type CancellationReason, isCancellationReason } from './reason.ts';
import { boundedText, MESSAGE_LIMIT, NAME_LIMIT } from './text.ts';

/** So many causes of a chain are taken over; `toJSON` gives no more. */
const LONGEST_CHAIN = 100;

/** The cause that `data` describes. Its instant counts on this isolate's clock, and is never in the future (C6). */
export function reviveCause(data: unknown): CancellationCause {
  try {
    return revive(data);
  } catch {
    return reviveOne({}, undefined); // a getter of it threw
  }
}

function revive(data: unknown): CancellationCause {
  const chain: Partial<CancellationCauseData>[] = [];
  for (let step: unknown = data; isObject(step) && chain.length < LONGEST_CHAIN; step = step['parent'])
    chain.push(step);
  let parent: CancellationCause | undefined;
  for (const step of chain.reverse()) parent = reviveOne(step, parent);
  return parent ?? reviveOne({}, undefined);
}

/** The cause of a plain cancel by another thread of this process. Its numbers and texts are not looked at: they are ours. */
export function revivePlain(
  reason: CancellationReason,
  message: string | undefined,
  origin: Origin,
  wallTime: number,
  monotonicNs: bigint,
  token: TokenIdentity,
): CancellationCause {
  const at = Math.min(systemClock.now(), systemReading(monotonicNs));
  const details = { message, origin, wallTime, monotonicNs, tokenId: token.id };
  return new CancellationCause(reason, 0, token.name, at, systemClock, details);
}

function reviveOne(data: Partial<CancellationCauseData>, parent: CancellationCause | undefined): CancellationCause {
  const known = isCancellationReason(data.reason);
  const message = data.message ?? (known ? undefined : `reason "${boundedText(data.reason, NAME_LIMIT)}"`);
  const monotonicNs = nanoseconds(data.monotonicNs);
  const wallTime = finite(data.wallTime);
  const token: Record<string, unknown> = isObject(data.token) ? data.token : {};
  const now = systemClock.now();
  const at = monotonicNs === undefined ? now : Math.min(now, systemReading(monotonicNs));
  return new CancellationCause(
    known ? data.reason : 'manual',
    0,
    text(token['name'], NAME_LIMIT) ?? 'token',
    at,
    systemClock,
    {
      message: text(message, MESSAGE_LIMIT),
      via: Array.isArray(data.via)
        ? data.via.slice(0, LONGEST_CHAIN).map((name) => boundedText(name, NAME_LIMIT))
        : undefined,
      parent,
      spanContext: spanContextOf(data.spanContext),
      callSite: text(data.callSite, 2 * MESSAGE_LIMIT),
      tokenId: text(token['id'], NAME_LIMIT) ?? 'unknown',
      origin: originOf(data.origin),
      monotonicNs,
      wallTime,
      omitted: finite(data.omitted),
    },
  );
}

/** The trace position that `value` describes, if it is one. */
export function spanContextOf(value: unknown): SpanContextData | undefined {
  if (!isObject(value)) return undefined;
  const { traceId, spanId, traceFlags } = value;
  if (typeof traceId !== 'string' || typeof spanId !== 'string') return undefined;
  return Object.freeze({ traceId, spanId, traceFlags: finite(traceFlags) ?? 0 });
}

function nanoseconds(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : undefined;
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function text(value: unknown, limit: number): string | undefined {
  return typeof value === 'string' ? boundedText(value, limit) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

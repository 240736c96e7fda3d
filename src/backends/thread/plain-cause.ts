/**
 * Plain causes in a record: numbers and short text, written and read without JSON. It stands between a cancel and the
 * threads it is to wake.
 *
 * Y1. Plain is what has a reason, a time, this thread for its origin, and at most a short message in ASCII. Any other
 *     cause is text.
 * Y2. It does not say which token was cancelled: whoever reads a slot knows whose it is.
 */
import {
  CANCELLATION_REASONS,
  type CancellationCause,
  type CancellationReason,
  type Origin,
  revivePlain,
  type TokenIdentity,
} from '../../token/index.ts';
import { PLAIN_CAUSE } from './layout.ts';

/** Longest thread name, and longest message, that is plain. */
const LONGEST = 120;
/** So many origins are remembered. */
const ORIGINS_MAX = 256;

/** In a record: the reason's number, and the lengths of thread name and message, {@link NO_MESSAGE} for none. */
const HEAD = PLAIN_CAUSE;
const PID = HEAD + 1;
const THREAD = HEAD + 2;
const WALL_TIME = HEAD + 3;
const MONOTONIC = HEAD + 5;
/** In a record: the thread name, then the message; four characters a word. */
const ASCII = HEAD + 7;
const NO_MESSAGE = 0xff;

/** One number of 64 bits, and its halves as words. */
const float = new Float64Array(1);
const floatHalves = new Int32Array(float.buffer);
const big = new BigInt64Array(1);
const bigHalves = new Int32Array(big.buffer);

/** Whether `cause` is plain (Y1). */
export function isPlain(cause: CancellationCause): boolean {
  const { message } = cause;
  return (
    cause.foreignOrigin === undefined && // Y2: what was made elsewhere may name another token
    cause.parent === undefined &&
    cause.spanContext === undefined &&
    cause.via === undefined &&
    cause.callSite === undefined &&
    isAscii(cause.origin.threadName) &&
    (message === undefined || isAscii(message))
  );
}

/** Writes a plain cause, and the instant of it, into the record at `at`. */
export function writePlain(
  words: Int32Array,
  at: number,
  { reason, message, origin: { pid, threadId, threadName } }: CancellationCause,
  wallTime: number,
  monotonicNs: bigint,
): void {
  const messageLength = message?.length ?? NO_MESSAGE;
  words[at + HEAD] = CANCELLATION_REASONS.indexOf(reason) | (threadName.length << 8) | (messageLength << 16);
  words[at + PID] = pid;
  words[at + THREAD] = threadId;
  float[0] = wallTime;
  words[at + WALL_TIME] = floatHalves[0] as number;
  words[at + WALL_TIME + 1] = floatHalves[1] as number;
  big[0] = monotonicNs;
  words[at + MONOTONIC] = bigHalves[0] as number;
  words[at + MONOTONIC + 1] = bigHalves[1] as number;
  writeAscii(words, at + ASCII, threadName);
  if (message !== undefined) writeAscii(words, at + ASCII + wordsOf(threadName.length), message);
}

/** The cause at `at`, of the token that it is about (Y2). */
export function readPlain(words: Int32Array, at: number, token: TokenIdentity): CancellationCause {
  const head = words[at + HEAD] as number;
  const nameLength = (head >>> 8) & 0xff;
  const messageLength = (head >>> 16) & 0xff;
  floatHalves[0] = words[at + WALL_TIME] as number;
  floatHalves[1] = words[at + WALL_TIME + 1] as number;
  bigHalves[0] = words[at + MONOTONIC] as number;
  bigHalves[1] = words[at + MONOTONIC + 1] as number;
  const messageAt = at + ASCII + wordsOf(nameLength);
  return revivePlain(
    CANCELLATION_REASONS[head & 0xff] as CancellationReason,
    messageLength === NO_MESSAGE ? undefined : readAscii(words, messageAt, messageLength),
    originAt(words, at, nameLength),
    float[0] as number,
    big[0] as bigint,
    token,
  );
}

/** Where cancels came from, by thread: it is nearly always one of a few. */
const origins = new Map<number, Origin>();

function originAt(words: Int32Array, at: number, nameLength: number): Origin {
  const pid = words[at + PID] as number;
  const threadId = words[at + THREAD] as number;
  const known = origins.get(threadId);
  if (known?.pid === pid && isTextAt(words, at + ASCII, nameLength, known.threadName)) return known;
  const origin = Object.freeze({ pid, threadId, threadName: readAscii(words, at + ASCII, nameLength) });
  if (origins.size < ORIGINS_MAX || known !== undefined) origins.set(threadId, origin);
  return origin;
}

function wordsOf(length: number): number {
  return (length + 3) >>> 2;
}

function isAscii(text: string): boolean {
  if (text.length > LONGEST) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function writeAscii(words: Int32Array, at: number, text: string): void {
  for (let i = 0, word = 0; i < text.length; i++) {
    const shift = (i & 3) << 3;
    word = shift === 0 ? text.charCodeAt(i) : word | (text.charCodeAt(i) << shift);
    words[at + (i >>> 2)] = word;
  }
}

function codeAt(words: Int32Array, at: number, index: number): number {
  return ((words[at + (index >>> 2)] as number) >>> ((index & 3) << 3)) & 0x7f;
}

function readAscii(words: Int32Array, at: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(codeAt(words, at, i));
  return text;
}

function isTextAt(words: Int32Array, at: number, length: number, text: string): boolean {
  if (length !== text.length) return false;
  for (let i = 0; i < length; i++) if (codeAt(words, at, i) !== text.charCodeAt(i)) return false;
  return true;
}

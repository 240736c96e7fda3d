/**
 * A chat: one prompt, and an answer in as many segments as there are pauses, and one more.
 *
 * H1. The text of all segments together is the text of an answer without pauses, byte for byte.
 * H2. While paused nothing runs: no request, no timer. SPACE wakes it.
 * H3. However it ends, it says what there was until then.
 */
import { cancelScope, type CancellationToken, CancelledError, PauseGate, type Scope, triggers } from 'cancelscope';
import { MarkerScanner } from './marker-scanner.ts';
import { sinceMs } from './reaction.ts';
import { type Chat, runSegment, type SegmentRecord } from './segment.ts';

/** What a chat is made of. */
export type ChatParts = Omit<Chat, 'gate' | 'scanner' | 'work'> & Partial<Pick<Chat, 'work'>>;

/** What came of it. */
export interface ChatResult {
  readonly ended: 'finished' | 'stopped' | 'failed';
  /** What stopped it: `q`, `Ctrl-C`, a signal. */
  readonly stoppedBy: string | undefined;
  /** From the stop to the end of everything. */
  readonly stopMs: number | undefined;
  readonly error: unknown;
  readonly segments: readonly SegmentRecord[];
  /** All that was shown. */
  readonly text: string;
  /** Characters that came behind a marker and were never asked for. */
  readonly heldBack: number;
}

/** Runs it to its end. Never throws: a failure is a result (H3). */
export async function runChat(parts: ChatParts): Promise<ChatResult> {
  const chat: Chat = { work: () => {}, ...parts, gate: new PauseGate(), scanner: new MarkerScanner() };
  const { keys, metrics, screen } = chat;
  const segments: SegmentRecord[] = [];
  const options = { token: keys.stop, triggers: [triggers.osSignal('SIGINT', 'SIGTERM', 'SIGHUP')] };
  let error: unknown;
  try {
    await cancelScope('llm-chat', options, async (scope) => {
      for (;;) {
        const record = newRecord(segments.length + 1);
        segments.push(record);
        await runSegment(chat, record);
        if (record.ended === 'finished') return;
        metrics.pauses.inc({ by: record.ended === 'paused by you' ? 'user' : 'model' });
        const resume = keys.nextSpace(); // before the notice: whoever reads it may press at once
        screen.paused(noticeOf(record));
        await untilResumed(chat, scope, resume);
        screen.resumed();
      }
    });
  } catch (caught) {
    error = caught;
  }
  const stop = error instanceof CancelledError ? error.cause : undefined;
  if (stop !== undefined) showHeldBack(chat, segments);
  screen.end();
  return {
    ended: error === undefined ? 'finished' : stop === undefined ? 'failed' : 'stopped',
    stoppedBy: stop?.root.message?.replace('received ', ''),
    stopMs: stop === undefined ? undefined : sinceMs(stop),
    error: stop === undefined ? error : undefined,
    segments,
    text: segments.map(({ text }) => text).join(''),
    heldBack: chat.scanner.held,
  };
}

/** Waits for SPACE (H2), or for nothing where nobody can press it. */
async function untilResumed({ gate, keys }: Chat, scope: Scope, resume: CancellationToken): Promise<void> {
  const waiting = resume.onCancel(() => gate.resume());
  if (!keys.attended) gate.resume();
  try {
    await gate.whenOpen(scope);
  } finally {
    waiting.dispose();
  }
}

/** Text that might have become a marker, and now will not. */
function showHeldBack({ scanner, screen }: Chat, segments: readonly SegmentRecord[]): void {
  const rest = scanner.end();
  const last = segments.at(-1);
  if (last === undefined || rest === '') return;
  screen.resumed();
  screen.text(rest);
  last.text += rest;
}

function newRecord(number: number): SegmentRecord {
  return { number, ended: undefined, text: '', firstTokenMs: undefined, reactionMs: undefined };
}

function noticeOf({ ended, reactionMs }: SegmentRecord): string {
  const after = reactionMs === undefined ? '' : ` after ${reactionMs.toFixed(1)} ms`;
  return `[${ended}${after}: SPACE goes on, q stops]`;
}

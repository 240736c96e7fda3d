/**
 * One segment of an answer: from its request until it is complete, or somebody wants a pause.
 *
 * G1. One segment, one scope, one span, linked to the span of the segment before.
 * G2. A pause ends the request: the provider stops, and stops billing. What came is kept, and the next segment goes on
 *     from there.
 * G3. SPACE cancels the segment from outside, through the token it was opened with; the marker of the model suspends it
 *     from inside. That is how the two are told apart.
 */
import { CancelledError, type PauseGate, type Scope } from 'cancelscope';
import { history } from './conversation.ts';
import type { Keys } from './keys.ts';
import type { MarkerScanner, Scanned } from './marker-scanner.ts';
import type { StreamMetrics } from './metrics.ts';
import type { Model } from './model.ts';
import { sinceMs } from './reaction.ts';
import type { Screen } from './screen.ts';

/** What all segments of one chat share. */
export interface Chat {
  readonly prompt: string;
  readonly model: Model;
  readonly keys: Keys;
  readonly screen: Screen;
  readonly metrics: StreamMetrics;
  /** Closed while paused; its transcript is everything the model has said. */
  readonly gate: PauseGate<string>;
  readonly scanner: MarkerScanner;
  /** Links the running segment's span to the one before (G1). */
  readonly linkSpan: () => void;
  /** What else there is to do for each piece shown; it may take long, and looks at the scope meanwhile. */
  readonly work: (scope: Scope) => void;
}

/** What is known of a segment; filled in while it runs. */
export interface SegmentRecord {
  readonly number: number;
  ended: 'finished' | 'paused by you' | 'paused by the model' | 'stopped' | 'failed' | undefined;
  /** Of what was shown. */
  text: string;
  /** From its opening to the first text of its request. */
  firstTokenMs: number | undefined;
  /** From the press of SPACE to its end. */
  reactionMs: number | undefined;
}

/** Runs the next segment, and fills in its record. @throws what ended it, if that was no pause. */
export async function runSegment(chat: Chat, record: SegmentRecord): Promise<void> {
  const pause = chat.keys.nextSpace();
  const attributes = { 'gen_ai.operation.name': 'generate_content', 'gen_ai.request.model': chat.model.name };
  try {
    const segment = await chat.gate.segment('llm-segment', { token: pause, attributes }, (scope) =>
      stream(chat, record, scope),
    );
    record.ended = segment.state === 'finished' ? 'finished' : 'paused by the model'; // G3
  } catch (error) {
    record.ended = error instanceof CancelledError ? 'stopped' : 'failed';
    if (!(error instanceof CancelledError) || error.cause.root !== pause.cause?.root) throw error;
    record.reactionMs = sinceMs(error.cause);
    record.ended = 'paused by you';
    chat.gate.suspend();
  }
}

async function stream(chat: Chat, record: SegmentRecord, scope: Scope): Promise<void> {
  const { gate, metrics, model, prompt, scanner } = chat;
  const openedAt = performance.now();
  const request = gate.transcript.length === 0 ? 'first' : 'resumed';
  chat.linkSpan();
  show(chat, record, scope, scanner.resume()); // first what was pushed back
  const answer = model.answer(history(prompt, gate.transcript), scope.signal);
  for await (const piece of scope.stream(counted(answer, scope, metrics))) {
    if (record.firstTokenMs === undefined) {
      record.firstTokenMs = performance.now() - openedAt;
      metrics.timeToFirstToken.observe({ request }, record.firstTokenMs / 1_000);
    }
    gate.keep(piece);
    show(chat, record, scope, scanner.push(piece));
    chat.work(scope);
  }
  show(chat, record, scope, { show: scanner.end(), paused: false });
}

function show({ screen, gate }: Chat, record: SegmentRecord, scope: Scope, { show, paused }: Scanned): void {
  screen.text(show);
  record.text += show;
  if (!paused) return;
  gate.suspend('manual', 'the model paused itself'); // G2
  scope.throwIfCancelled();
}

/**
 * Counts what comes in vain: after a pull was given up, its piece may still come. It is dropped; the next segment's
 * history is without it, so the model says it again.
 */
async function* counted(
  answer: AsyncIterable<string>,
  scope: Scope,
  metrics: StreamMetrics,
): AsyncGenerator<string, void, undefined> {
  for await (const piece of answer) {
    metrics.chunks.inc();
    if (scope.isCancelled) metrics.chunksAfterStop.inc();
    yield piece;
  }
}

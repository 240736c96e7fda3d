/**
 * What is said at the end: each segment and its span, and how quickly keys acted.
 */
import type { ChatResult } from './chat.ts';
import type { SegmentSpan } from './tracing.ts';

/** The lines of the summary. `late` counts chunks that came after a stop was asked for. */
export function summary(result: ChatResult, spans: readonly SegmentSpan[], late: number): string[] {
  const { ended, stoppedBy, stopMs, segments, text, heldBack } = result;
  const how = ended === 'stopped' ? `stopped by ${stoppedBy} after ${(stopMs ?? 0).toFixed(1)} ms` : ended;
  return [
    '',
    `${how}: ${text.length} characters in ${segments.length} ${segments.length === 1 ? 'segment' : 'segments'}`,
    ...(heldBack > 0 ? [`${heldBack} characters behind the model's pause were not asked for`] : []),
    '',
    'segment  characters  first token  ended                span              links to',
    ...segments.map(({ number, ended, text, firstTokenMs }, index) =>
      [
        String(number).padEnd(7),
        String(text.length).padStart(10),
        (firstTokenMs === undefined ? '-' : `${firstTokenMs.toFixed(1)} ms`).padStart(11),
        ` ${ended ?? '-'}`.padEnd(20),
        spans[index]?.spanId ?? '-'.padEnd(16),
        spans[index]?.linkedTo.join(' ') || '-',
      ].join('  '),
    ),
    '',
    ...pauseLines(result),
    `chunks after a stop was asked for: ${late}`,
  ];
}

function pauseLines({ segments }: ChatResult): string[] {
  const reactions = segments.flatMap(({ reactionMs }) => reactionMs ?? []).toSorted((a, b) => a - b);
  const byModel = segments.filter(({ ended }) => ended === 'paused by the model').length;
  const pauses = `pauses: ${reactions.length} by you, ${byModel} by the model`;
  if (reactions.length === 0) return [pauses];
  const middle = Math.floor(reactions.length / 2);
  const upper = reactions[middle] ?? 0;
  const median = reactions.length % 2 === 1 ? upper : (upper + (reactions[middle - 1] ?? 0)) / 2;
  const slowest = reactions.at(-1) ?? 0;
  return [
    pauses,
    `from the key to the end of the segment: median ${median.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms`,
  ];
}

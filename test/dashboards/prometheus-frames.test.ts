import { describe, expect, test } from 'vitest';
import { exemplarFrame } from '../../scripts/shoot/exemplars.ts';
import { heatmapFrames, lineFrames } from '../../scripts/shoot/prometheus-frames.ts';

const ASKED = { refId: 'A', legend: '{{scope}} of {{job}}', stepMs: 2_000 };

describe('frames of a range query', () => {
  test('are one for each series, named by the legend (PF1)', () => {
    const frames = lineFrames(ASKED, [
      { metric: { scope: 'a', job: 'x' }, values: [[1, '2.5']] },
      { metric: { scope: 'b', job: 'x' }, values: [[1, 'NaN']] },
    ]);

    expect(frames.map(({ fields: [time, value] }) => [time?.values, value?.config, value?.values])).toEqual([
      [[1_000], { displayNameFromDS: 'a of x' }, [2.5]],
      [[1_000], { displayNameFromDS: 'b of x' }, [NaN]],
    ]);
  });

  test('leave the name to Grafana where there is no legend (PF1)', () => {
    const [frame] = lineFrames({ ...ASKED, legend: '' }, [{ metric: {}, values: [[1, '1']] }]);

    expect(frame?.fields[1]?.config).toEqual({});
  });

  test('leave out a point that only another series has (PF3)', () => {
    const frames = lineFrames(ASKED, [
      { metric: {}, values: [[1, '1']] },
      {
        metric: {},
        values: [
          [1, '1'],
          [3, '1'],
        ],
      },
    ]);

    expect(frames.map(({ length }) => length)).toEqual([1, 2]);
  });
});

describe('the frame of a heatmap', () => {
  const answer = [
    bucket('+Inf', ['9', '9']),
    bucket('0.5', ['2', '3']),
    bucket('10', ['7', '8']),
    bucket('2.5', ['2', '5']),
  ];

  test('has buckets from the lowest up, each without what a lower one has counted (PF2)', () => {
    const [frame, ...others] = heatmapFrames(ASKED, answer);

    expect(others).toEqual([]);
    expect(frame?.fields.map(({ name, values }) => [name, values])).toEqual([
      ['Time', [1_000, 3_000]],
      ['0.5', [2, 3]],
      ['2.5', [0, 2]],
      ['10', [5, 3]],
      ['+Inf', [2, 1]],
    ]);
  });

  test('says null of a time that a bucket lacks (PF3)', () => {
    const [frame] = heatmapFrames(ASKED, [bucket('1', ['1', '1']), bucket('2', ['4'])]);

    expect(frame?.fields[2]?.values).toEqual([3, null]);
  });

  test('is none where nothing was answered', () => {
    expect(heatmapFrames(ASKED, [])).toEqual([]);
  });
});

describe('exemplars', () => {
  test('are the slowest of each stretch of time and those far from it, in the order of time (EX1)', () => {
    const crowd = Array.from({ length: 10 }, (_, index) => ({ timestamp: 100, value: String(index) }));

    const frame = exemplarFrame([{ exemplars: crowd }, { exemplars: [{ timestamp: 50, value: '0.5' }] }]);

    expect(frame.fields.map(({ values }) => values)).toEqual([
      [50_000, 100_000, 100_000],
      [0.5, 9, 3],
    ]);
  });

  test('may be none', () => {
    expect(exemplarFrame([])).toMatchObject({ name: 'exemplar', length: 0 });
  });
});

/** A bucket at the seconds 1, 3, 5, … */
function bucket(le: string, counts: readonly string[]): Parameters<typeof heatmapFrames>[1][number] {
  return { metric: { le }, values: counts.map((count, index) => [1 + 2 * index, count] as const) };
}

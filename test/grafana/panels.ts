/** The panels of the committed dashboards that transform what they are answered. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DashboardFile, everyPanel, type Panel } from '../../dashboards/check/dashboard-json.ts';
import { type Answer, type Frame, type Sample, tableFrames } from './framing.ts';

const FOLDER = join(import.meta.dirname, '../../dashboards');

/** Of every dashboard. */
export const TRANSFORMING: readonly Panel[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .flatMap((name) => everyPanel(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as DashboardFile))
  .filter(({ transformations = [] }) => transformations.length > 0);

/** The one with a title. */
export function panelOf(title: string): Panel {
  const panel = TRANSFORMING.find((each) => each.title === title);
  if (panel === undefined) throw new Error(`no panel "${title}"`);
  return panel;
}

/** What a panel is given where these are the samples of its queries, in order: each query at a time of its own. */
export function framesOf({ title, targets = [] }: Panel, samples: readonly (readonly Sample[])[]): Frame[] {
  if (targets.length !== samples.length) throw new Error(`"${title}" has ${targets.length} queries`);
  return tableFrames(
    targets.map(({ refId }, index): Answer => ({
      refId,
      time: 1_800_000_000_000 + index,
      samples: samples[index] ?? [],
    })),
  );
}

/** The labels the answers to a query have: those its legend names, and the id that edges of a graph get. */
export function labelsOf(panel: Panel): string[] {
  const labels = (panel.targets ?? []).flatMap(({ expr, legendFormat }) => [
    ...Array.from(legendFormat.matchAll(/\{\{(\w+)\}\}/g), ([, label]) => String(label)),
    ...Array.from(expr.matchAll(/^label_join\(.*, "(\w+)", "->", "source", "target"\)$/g), ([, label]) =>
      String(label),
    ),
  ]);
  return [...new Set(labels)].toSorted();
}

/**
 * A child process that readies frames for a panel as a Grafana of one version does: with the panel's transformations, then
 * its settings of fields.
 *
 * Its argument is a bundle of `@grafana/data`. A message is a panel and its frames, the answer what the panel would draw.
 */
import type { Panel } from '../../dashboards/check/dashboard-json.ts';
import type { Frame } from './framing.ts';
import type { DrawnFrame, GrafanaData, Setting, Transformer } from './grafana-data.ts';
import type { Ask, Shown, ShownFrame } from './grafana.ts';

Object.assign(globalThis, { window: globalThis }); // it asks the window whether a scene is running

const grafana = (await import(String(process.argv[2]))) as GrafanaData;
grafana.standardTransformersRegistry.setInit(() => {
  const byId = new Map(Object.values(grafana.standardTransformers).map((each) => [each.id, each]));
  return [...byId.values()].map((each) => ({ id: each.id, name: each.name, transformation: loadable(each) }));
});
const settings = new grafana.Registry(() => [
  { ...settingOf('displayName'), process: grafana.displayNameOverrideProcessor },
  ...['unit', 'min', 'links'].map(settingOf),
]);

process.on('message', ({ panel, frames }: Ask) => {
  void answer(panel, frames).then(
    (shown) => process.send?.(shown),
    (error: Error) => process.send?.({ error: String(error.stack) } satisfies Shown),
  );
});
process.send?.({ frames: [] } satisfies Shown); // ready

async function answer({ transformations = [], fieldConfig }: Panel, frames: readonly Frame[]): Promise<Shown> {
  const transformed = await new Promise<DrawnFrame[]>((next, error) => {
    grafana.transformDataFrame(transformations, frames.map(grafana.toDataFrame)).subscribe({ next, error });
  });
  const drawn = grafana.applyFieldOverrides({
    data: transformed,
    fieldConfig,
    fieldConfigRegistry: settings,
    replaceVariables: (text) => text,
    theme: grafana.createTheme(),
  });
  return { frames: drawn.map((frame) => shownFrame(frame, drawn)) };
}

function shownFrame(frame: DrawnFrame, all: readonly DrawnFrame[]): ShownFrame {
  return {
    rows: frame.length,
    fields: frame.fields.map((field) => {
      const values = [...field.values];
      return {
        name: field.name,
        title: grafana.getFieldDisplayName(field, frame, all),
        type: field.type,
        values,
        texts: values.map((value) => grafana.formattedValueToString(field.display?.(value))),
        links: (field.config.links ?? []).map(({ title }) => title),
      };
    }),
  };
}

/** Up to version 12 the registry holds a transformation itself, from 13 on a function that loads it: this is both. */
function loadable(transformer: Transformer): unknown {
  const { defaultOptions, operator } = transformer;
  return Object.assign(() => Promise.resolve(transformer), { defaultOptions, operator });
}

function settingOf(id: string): Setting {
  return { id, path: id, name: id, process: (value) => value, shouldApply: () => true };
}

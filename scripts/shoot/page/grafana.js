/**
 * What a running Grafana gives its panels and this page has to: registries, the data source, where plugins come from.
 */
import {
  createTheme,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  EventBusSrv,
  identityOverrideProcessor,
  LoadingState,
  numberOverrideProcessor,
  setTimeZoneResolver,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  thresholdsOverrideProcessor,
  toDataFrame,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import {
  config,
  setAppEvents,
  setBackendSrv,
  setDataSourceSrv,
  setPluginImportUtils,
  setRunRequest,
} from '@grafana/runtime';
import { catchError, from, map, of } from 'rxjs';

/** Settings of a field that are the same in every panel: by id, what reads one. */
const FIELD_SETTINGS = {
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  noValue: identityOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: dataLinksOverrideProcessor,
};

/** Makes the page a Grafana with one data source and these plugins. */
export async function startGrafana(source, plugins) {
  config.theme2 = createTheme({ colors: { mode: 'dark' } });
  config.featureToggles = {};
  setTimeZoneResolver(() => 'utc');
  await initPluginTranslations('grafana-ui');
  standardTransformersRegistry.setInit(transformers);
  standardFieldConfigEditorRegistry.setInit(() => Object.entries(FIELD_SETTINGS).map(fieldSetting));
  setAppEvents(new EventBusSrv());
  setBackendSrv({ fetch: () => of({ data: {} }), get: async () => ({}), post: async () => ({}) });
  const settings = { uid: source.uid, name: source.name, type: source.type, meta: source.meta };
  setDataSourceSrv({
    get: async () => source,
    getList: () => [settings],
    getInstanceSettings: () => settings,
    reload: () => {},
    registerRuntimeDataSource: () => {},
  });
  setRunRequest(runRequest);
  setPluginImportUtils({
    importPanelPlugin: async (id) => plugins.get(id),
    getPanelPluginFromCache: (id) => plugins.get(id),
  });
  return config.theme2;
}

function runRequest(source, request) {
  const about = { timeRange: request.range, request };
  return from(source.query(request)).pipe(
    map(({ data, annotations }) => ({
      ...about,
      state: LoadingState.Done,
      series: data.map(toDataFrame),
      annotations: annotations.map(toDataFrame),
    })),
    catchError((error) =>
      of({ ...about, state: LoadingState.Error, series: [], error: { message: String(error.message ?? error) } }),
    ),
  );
}

/** They are loaded when they are needed, by a function. */
function transformers() {
  const byId = new Map(Object.values(standardTransformers).map((each) => [each.id, each]));
  return [...byId.values()].map((each) => ({ id: each.id, name: each.name, transformation: async () => each }));
}

function fieldSetting([id, process]) {
  return {
    id,
    path: id,
    name: id,
    editor: () => null,
    override: () => null,
    process,
    shouldApply: () => true,
    getItemsCount: () => 0,
    ...(id === 'thresholds' && {
      defaultValue: { mode: 'absolute', steps: [{ value: -Infinity, color: 'green' }] },
    }),
  };
}

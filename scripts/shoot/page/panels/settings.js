/** Settings of fields that only some panels have, so that dashboards can make them. */

/** Gives a plugin its settings: those in `defaults`, which a panel has where it says nothing else. */
export function withSettings(plugin, defaults) {
  plugin.meta = { id: '', name: '', info: { version: '' }, type: 'panel' };
  plugin.useFieldConfig({
    useCustomConfig: (builder) => {
      for (const [id, defaultValue] of Object.entries(defaults)) {
        builder.addCustomEditor({
          id,
          path: id,
          name: id,
          defaultValue,
          editor: () => null,
          override: () => null,
          process: (value) => value,
          shouldApply: () => true,
        });
      }
    },
  });
  return plugin;
}

/** One big number with its recent past behind it. */
import { getDisplayValueAlignmentFactors, getFieldDisplayValues, PanelPlugin } from '@grafana/data';
import { config } from '@grafana/runtime';
import { BigValue, VizRepeater } from '@grafana/ui';
import { withSettings } from './settings.js';

/** @param drawn - Told what a panel drew. */
export function statPlugin(drawn) {
  const Panel = ({ id, data, timeZone, width, height, options, fieldConfig, replaceVariables, renderCounter }) => {
    drawn(id, data, { standIn: false });
    const getValues = () =>
      getFieldDisplayValues({
        fieldConfig,
        reduceOptions: options.reduceOptions,
        replaceVariables,
        theme: config.theme2,
        data: data.series,
        sparkline: options.graphMode !== 'none',
        timeZone,
      });
    return (
      <VizRepeater
        getValues={getValues}
        getAlignmentFactors={getDisplayValueAlignmentFactors}
        source={data}
        width={width}
        height={height}
        renderCounter={renderCounter}
        autoGrid
        orientation="auto"
        renderValue={({ value, count, ...size }) => (
          <BigValue
            {...size}
            value={value.display}
            count={count}
            sparkline={value.sparkline}
            colorMode={options.colorMode}
            graphMode={options.graphMode}
            justifyMode={options.justifyMode ?? 'auto'}
            disableWideLayout={options.wideLayout === false}
            textMode={options.textMode ?? 'auto'}
            theme={config.theme2}
          />
        )}
      />
    );
  };
  return withSettings(new PanelPlugin(Panel), {});
}

/** Tables, by Grafana's own drawing. Of several frames the first is shown. */
import { cacheFieldDisplayNames, PanelPlugin } from '@grafana/data';
import { TableNG } from '@grafana/ui/unstable';
import { NoData } from './no-data.jsx';
import { withSettings } from './settings.js';

/** Grafana's own settings where a panel has none. */
const DEFAULTS = {
  align: 'auto',
  cellOptions: { type: 'auto' },
  inspect: false,
  width: undefined,
  minWidth: undefined,
};

/** @param drawn - Told what a panel drew. */
export function tablePlugin(drawn) {
  const Panel = ({ id, data, timeRange, width, height, options, fieldConfig }) => {
    drawn(id, data, { standIn: false });
    const [frame] = data.series;
    if (frame === undefined || frame.length === 0) {
      return <NoData settings={fieldConfig} width={width} height={height} />;
    }
    cacheFieldDisplayNames(data.series); // columns are found by the names they show
    return (
      <TableNG
        data={frame}
        timeRange={timeRange}
        width={width}
        height={height}
        noHeader={options.showHeader === false}
        sortBy={options.sortBy}
        cellHeight={options.cellHeight}
        fieldConfig={fieldConfig}
        structureRev={data.structureRev}
      />
    );
  };
  return withSettings(new PanelPlugin(Panel), DEFAULTS);
}

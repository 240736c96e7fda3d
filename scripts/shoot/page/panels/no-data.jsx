/** What a panel says while it has nothing to draw: its own words, or Grafana's. */

/** @param settings - Those that all fields of the panel have. */
export function NoData({ settings, width, height }) {
  return <div style={{ ...CENTERED, width, height }}>{settings.defaults.noValue ?? 'No data'}</div>;
}

const CENTERED = { display: 'flex', alignItems: 'center', justifyContent: 'center', color: 'rgb(204, 204, 220)' };

/**
 * What telemetry is told of cancels on their way between processes.
 */
import { hooks, type Propagated } from '../../token/index.ts';

/** A cancel of what is called `name` came too late, or never arrived. */
export function reportCrossing(name: string, result: Exclude<Propagated['result'], 'delivered'>): void {
  hooks.propagated?.({ source: name, target: name, boundary: 'process', result });
}

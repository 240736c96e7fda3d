/**
 * The node graph: scopes, and the cancels that go from one to the next.
 *
 * NG1. Grafana looks for `id`, `source`, `target`, `mainstat` and `secondarystat` among the real names of fields. Renaming
 *      changes only the name shown; a calculated field has a real one.
 * NG2. Without a frame of nodes Grafana takes them from the edges. With one, an edge to a node that is not in it ends the panel.
 * NG3. Time is dropped first: calculations on several frames that share it would join them.
 */
import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import * as graphs from '@grafana/grafana-foundation-sdk/nodegraph';
import { describe, type Shown, target } from './describe.ts';
import { toScopeOfRow } from './links.ts';
import { type Query, withEdgeId } from './query.ts';

/** What an edge says of itself. */
interface EdgeStat {
  readonly query: Query;
  readonly unit: string;
}

/** Scopes and the edges between them, each with two numbers. */
export function nodeGraph(
  shown: Omit<Shown, 'unit' | 'limits'> & { readonly main: EdgeStat; readonly secondary: EdgeStat },
): graphs.PanelBuilder {
  const panel = new graphs.PanelBuilder()
    .edges(new graphs.EdgeOptionsBuilder().mainStatUnit(shown.main.unit).secondaryStatUnit(shown.secondary.unit))
    .nodes(new graphs.NodeOptionsBuilder())
    .transformations([
      without('Time'), // NG3
      { id: 'merge', options: {} },
      named('mainstat', 'Value #A'),
      named('secondarystat', 'Value #B'),
      without('Value #A', 'Value #B'),
    ])
    .overrideByName('id', [
      {
        id: 'links',
        value: [
          toScopeOfRow('source', 'Scope detail of the source'),
          toScopeOfRow('target', 'Scope detail of the target'),
        ],
      },
    ])
    .withTarget(target(withEdgeId(shown.main.query), 0, 'table'))
    .withTarget(target(withEdgeId(shown.secondary.query), 1, 'table'));
  return describe(panel, shown);
}

function without(...names: readonly string[]): DataTransformerConfig {
  const excludeByName = Object.fromEntries(names.map((name) => [name, true]));
  return { id: 'organize', options: { excludeByName, renameByName: {}, indexByName: {} } };
}

/** A field with this real name (NG1) and the values of another. */
function named(alias: string, field: string): DataTransformerConfig {
  return {
    id: 'calculateField',
    options: { mode: 'reduceRow', reduce: { reducer: 'sum', include: [field] }, alias, replaceFields: false },
  };
}

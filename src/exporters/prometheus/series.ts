/**
 * Series: the cells of one metric, one for each set of label values.
 *
 * SE1. The same label values give the same cell: two lines with equal labels make a scraper refuse the whole page.
 */
import type { MetricDefinition } from '../../instrumentation/index.ts';
import { type Labels, labelsOf } from './registry-metric.ts';

/** The cells of one metric. */
export class Series<Cell> {
  readonly #definition: MetricDefinition;
  readonly #make: () => Cell;
  readonly #byValues = new Map<string, readonly [labels: Labels, cell: Cell]>();

  constructor(definition: MetricDefinition, make: () => Cell) {
    this.#definition = definition;
    this.#make = make;
  }

  /** The cell of these label values (SE1), made on first use. */
  of(values: readonly string[]): Cell {
    const key = JSON.stringify(values);
    const found = this.#byValues.get(key);
    if (found !== undefined) return found[1];
    const cell = this.#make();
    this.#byValues.set(key, [labelsOf(this.#definition, values), cell]);
    return cell;
  }

  /** All of them, with their labels. */
  all(): Iterable<readonly [labels: Labels, cell: Cell]> {
    return this.#byValues.values();
  }
}

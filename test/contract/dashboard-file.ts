/** Dashboards as their files are: read back, flattened, and their PromQL taken apart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const DASHBOARDS_FOLDER = join(import.meta.dirname, '../../dashboards');

interface Source {
  readonly type: string;
  readonly uid: string;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource: Source;
  readonly format?: string;
  readonly range?: boolean;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly collapsed?: boolean;
  readonly datasource?: Source;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: { readonly steps: { readonly value: number | null }[] };
    };
  };
  readonly targets?: readonly Target[];
  readonly panels?: readonly Panel[];
}

export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly label: string;
  readonly refresh?: number;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly datasource?: Source;
  readonly query: string | { readonly query: string };
}

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly refresh: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly links: readonly { readonly includeVars: boolean; readonly keepTime: boolean }[];
}

/** One metric in an expression, as written. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
  /** What stands right before and right behind it. */
  readonly before: string;
  readonly after: string;
}

export function readDashboard(file: string): DashboardFile {
  return JSON.parse(readFileSync(join(DASHBOARDS_FOLDER, file), 'utf8'));
}

/** Rows and panels, the folded ones included. */
export function everyPanel(dashboard: DashboardFile): Panel[] {
  return dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

/** Every panel that shows something, with its targets. */
export function everyTarget(dashboard: DashboardFile): { panel: Panel; target: Target }[] {
  return everyPanel(dashboard).flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel, target })));
}

/** Every metric named in an expression. */
export function selectorsIn(expr: string): Selector[] {
  return [...expr.matchAll(/(cancellation_\w+)\{([^}]*)\}/g)].map((match) => ({
    metric: String(match[1]),
    matchers: [...String(match[2]).matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(([, label, operator, value]) => ({
      label: String(label),
      operator: String(operator),
      value: String(value),
    })),
    before: expr.slice(0, match.index),
    after: expr.slice(match.index + match[0].length),
  }));
}

/** Every label an expression keeps. */
export function labelsKeptIn(expr: string): string[] {
  return [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap((match) => String(match[1]).split(', '));
}

/** What of `@grafana/data` makes a panel's frames ready to be drawn: names and shapes that hold in every version tried. */
import type { Transformation, Panel } from '../../dashboards/check/dashboard-json.ts';
import type { Frame } from './framing.ts';

/** The names a bundle exports. */
export const EXPORTED = [
  'Registry',
  'applyFieldOverrides',
  'createTheme',
  'displayNameOverrideProcessor',
  'formattedValueToString',
  'getFieldDisplayName',
  'standardTransformers',
  'standardTransformersRegistry',
  'toDataFrame',
  'transformDataFrame',
] as const;

/** A bundle. */
export interface GrafanaData extends Record<(typeof EXPORTED)[number], unknown> {
  readonly Registry: new (init: () => readonly Setting[]) => object;
  readonly applyFieldOverrides: (options: {
    data: readonly DrawnFrame[];
    fieldConfig: Panel['fieldConfig'];
    fieldConfigRegistry: object;
    replaceVariables: (text: string) => string;
    theme: unknown;
  }) => DrawnFrame[];
  readonly createTheme: () => unknown;
  readonly displayNameOverrideProcessor: Setting['process'];
  readonly formattedValueToString: (text: unknown) => string;
  readonly getFieldDisplayName: (field: DrawnField, frame: DrawnFrame, all: readonly DrawnFrame[]) => string;
  readonly standardTransformers: Readonly<Record<string, Transformer>>;
  readonly standardTransformersRegistry: { setInit(init: () => readonly object[]): void };
  readonly toDataFrame: (frame: Frame) => DrawnFrame;
  readonly transformDataFrame: (
    transformations: readonly Transformation[],
    frames: readonly DrawnFrame[],
  ) => { subscribe(observer: { next(frames: DrawnFrame[]): void; error(cause: unknown): void }): unknown };
}

/** A kind of transformation. */
export interface Transformer {
  readonly id: string;
  readonly name: string;
  readonly defaultOptions?: unknown;
  readonly operator: unknown;
}

/** A setting of fields that a dashboard can make. */
export interface Setting {
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly process: (value: unknown, context: unknown, settings: unknown) => unknown;
  readonly shouldApply: () => boolean;
}

/** A field as a panel gets it. */
export interface DrawnField {
  readonly name: string;
  readonly type: string;
  readonly values: Iterable<unknown>;
  readonly config: { readonly links?: readonly { readonly title: string }[] };
  readonly display?: (value: unknown) => unknown;
}

/** A frame as a panel gets it. */
export interface DrawnFrame {
  readonly length: number;
  readonly fields: readonly DrawnField[];
}

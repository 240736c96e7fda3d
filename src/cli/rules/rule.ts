/** Rules as Prometheus reads them. */

/** Keeps the value of an expression under a name. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** Tells somebody, while its expression has a value. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it must have had one. */
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules evaluated one after the other. */
export interface RuleGroup {
  readonly name: string;
  /** How often; default what Prometheus is set to. */
  readonly interval?: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

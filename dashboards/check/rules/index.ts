/**
 * Every rule for dashboards (D) and for the rules of Prometheus (R), in the order of their numbers.
 *
 * What the files alone cannot tell is a test: that every query finds something (D29, `test/integration/demo-dashboards`),
 * that promtool's cases come out as they say (R12, `test/contract/rules-cases`), and the rules for what is scraped: M01 and
 * M02 (`test/exporters/prometheus/promtool`, `exposition`), M03 (`test/exporters/prometheus`, in either order of formats)
 * and M04 (`test/exporters/prometheus/series`, and for the demo `test/integration/demo-dashboards`).
 */
import { ALERTING_RULES } from '../alerting/index.ts';
import type { Rule } from '../rule.ts';
import { ALERT_RULES } from './alert-rules.ts';
import { ANSWER_RULES } from './answer-rules.ts';
import { FILE_RULES } from './file-rules.ts';
import { PANEL_RULES } from './panel-rules.ts';
import { QUERY_RULES } from './query-rules.ts';
import { VARIABLE_RULES } from './variable-rules.ts';

export const RULES: readonly Rule[] = [
  ...FILE_RULES,
  ...VARIABLE_RULES,
  ...PANEL_RULES,
  ...QUERY_RULES,
  ...ANSWER_RULES,
  ...ALERT_RULES,
  ...ALERTING_RULES,
].toSorted((left, right) => left.id.localeCompare(right.id));

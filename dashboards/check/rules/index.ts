/** Every rule for dashboards, in the order of their numbers. What only a running Prometheus can tell (D29) is a test. */
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
].toSorted((left, right) => left.id.localeCompare(right.id));

/** Every rule for recording rules and alerts. */
import type { Rule } from '../rule.ts';
import { CASE_RULES } from './case-rules.ts';
import { CONDITION_RULES } from './condition-rules.ts';
import { FILE_RULES } from './file-rules.ts';
import { NAMING_RULES } from './naming-rules.ts';
import { TEXT_RULES } from './text-rules.ts';

export const ALERTING_RULES: readonly Rule[] = [
  ...FILE_RULES,
  ...NAMING_RULES,
  ...TEXT_RULES,
  ...CONDITION_RULES,
  ...CASE_RULES,
];

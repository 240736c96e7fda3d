/**
 * What middleware for HTTP has in common.
 */
export {
  BUDGET_HEADER,
  type BudgetFor,
  type Header,
  type OutgoingBudget,
  outgoingBudget,
  readBudget,
} from './budget.ts';

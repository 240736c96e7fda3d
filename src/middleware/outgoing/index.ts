/**
 * What calls to other services have in common, whoever makes them. No entry of its own.
 */
export { isSmaller, withBudget } from './budget-headers.ts';
export { CallPlan, type OutgoingOptions, type OutgoingRequest } from './call-plan.ts';
export { cancelByCaller, reasonOf, reportCut } from './cut.ts';

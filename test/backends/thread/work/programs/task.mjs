/** The same as an ES module. */
import { currentScope } from 'cancelscope';
import task from './task.cjs';

export const { look } = task;

export default (data, scope) => ({ ...task(data, scope), isCurrent: currentScope() === scope });
